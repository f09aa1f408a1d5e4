"""Variants: what is for sale, at what price, and how many."""

import httpx
import pytest

from tests.blackbox.goods import Goods, variant
from tests.blackbox.problems import refused, wrong_fields
from tests.blackbox.routes import NOBODY

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def path_of(made: dict) -> str:
    return f"/products/{made['product_id']}/variants/{made['id']}"


def test_a_variant_is_made_and_answered_whole(visitor: httpx.Client, goods: Goods) -> None:
    product = goods.product()
    made = goods.variant(product["id"], price=8.99, stock_quantity=7)
    assert {name: made[name] for name in variant()} == variant(price=8.99, stock_quantity=7)
    assert made["product_id"] == product["id"]
    assert made["image_url"] is None
    assert visitor.get(path_of(made)).json() == made
    assert visitor.get(f"/products/{product['id']}/variants").json() == [made]
    assert visitor.get(f"/products/{product['id']}").json()["variants"] == [made]


def test_variants_are_listed_in_the_order_of_their_ids(visitor: httpx.Client, goods: Goods) -> None:
    product = goods.product()["id"]
    made = [goods.variant(product, size=size)["id"] for size in ("200 g", "100 g", "50 g")]
    assert [v["id"] for v in visitor.get(f"/products/{product}/variants").json()] == made


@pytest.mark.parametrize("price", [0.01, 1, 8.99, 7.5, 19.90, 999_999.99])
def test_a_price_is_a_number_and_comes_back_as_it_was_sent(
    price: float, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.variant(price=price)
    assert type(made["price"]) in (int, float)
    assert visitor.get(path_of(made)).json()["price"] == price


@pytest.mark.parametrize("price", [0, -1, 8.999, 1_000_000, 1e300, "8.99", None, True, [8.99]])
def test_a_price_that_cannot_be_right_is_refused(
    price: object, admin: httpx.Client, goods: Goods
) -> None:
    made = goods.variant()
    for answer in (
        admin.post(f"/products/{made['product_id']}/variants", json=variant(price=price)),
        admin.put(path_of(made), json=variant(price=price)),
    ):
        assert wrong_fields(answer) == {"price"}


@pytest.mark.parametrize("spelt", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_price_that_is_no_number_is_refused(
    spelt: bytes, admin: httpx.Client, goods: Goods
) -> None:
    body = (
        b'{"size": "1", "shape": null, "img_key": null, "stock_quantity": 1, "price": %s}' % spelt
    )
    answer = admin.post(
        f"/products/{goods.product()['id']}/variants",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("pieces", [-1, 1_000_001, 1.5, "7", None, 10**30])
def test_a_stock_that_cannot_be_right_is_refused(
    pieces: object, admin: httpx.Client, goods: Goods
) -> None:
    made = goods.variant()
    for answer in (
        admin.post(f"/products/{made['product_id']}/variants", json=variant(stock_quantity=pieces)),
        admin.put(path_of(made), json=variant(stock_quantity=pieces)),
    ):
        assert wrong_fields(answer) == {"stock_quantity"}


@pytest.mark.parametrize("field", ["size", "price", "stock_quantity"])
def test_what_a_variant_must_have_is_named(field: str, admin: httpx.Client, goods: Goods) -> None:
    sent = variant()
    del sent[field]
    answer = admin.post(f"/products/{goods.product()['id']}/variants", json=sent)
    assert wrong_fields(answer) == {field}


def test_an_empty_shape_or_picture_key_means_none(goods: Goods) -> None:
    made = goods.variant(shape="", img_key="")
    assert (made["shape"], made["img_key"]) == (None, None)


def test_a_variant_needs_its_own_product(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made, other = goods.variant(), goods.product()
    wrong = f"/products/{other['id']}/variants/{made['id']}"
    detail = f"ProductVariant {made['id']} not found"
    refused(visitor.get(wrong), 404, detail)
    refused(admin.put(wrong, json=variant()), 404, detail)
    refused(admin.delete(wrong), 404, detail)
    refused(admin.patch(f"{wrong}/stock-quantity?stock_quantity=1", headers=FORM), 404, detail)
    refused(visitor.patch(f"{wrong}/stock", json={"quantity": 1}), 404, detail)
    assert visitor.get(path_of(made)).json() == made


def test_what_is_not_there_is_named(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    ours, nothing = f"/products/{goods.product()['id']}", f"/products/{NOBODY}"
    no_product = f"Product {NOBODY} not found"
    no_variant = f"ProductVariant {NOBODY} not found"
    refused(visitor.get(f"{nothing}/variants"), 404, no_product)
    refused(admin.post(f"{nothing}/variants", json=variant()), 404, no_product)
    missing = f"{ours}/variants/{NOBODY}"
    refused(visitor.get(missing), 404, no_variant)
    refused(admin.put(missing, json=variant()), 404, no_variant)
    refused(admin.delete(missing), 404, no_variant)
    refused(
        admin.patch(f"{missing}/stock-quantity?stock_quantity=1", headers=FORM), 404, no_variant
    )


def test_a_variant_is_changed_whole(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.variant()
    sent = variant(size="200 g", shape=None, price=12.5, stock_quantity=3)
    answer = admin.put(path_of(made), json=sent)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in sent} == sent
    assert visitor.get(path_of(made)).json() == answer.json()


def test_a_deleted_variant_is_gone(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.variant()
    answer = admin.delete(path_of(made))
    assert (answer.status_code, answer.content) == (204, b"")
    refused(visitor.get(path_of(made)), 404, f"ProductVariant {made['id']} not found")
    assert visitor.get(f"/products/{made['product_id']}").json()["variants"] == []
    refused(admin.delete(path_of(made)), 404)


def test_stock_is_counted_with_an_empty_form(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.variant(stock_quantity=10)
    for pieces in (4, 0, 1_000_000):
        query = f"?stock_quantity={pieces}"
        answer = admin.patch(f"{path_of(made)}/stock-quantity{query}", headers=FORM, content=b"")
        assert answer.status_code == 200, answer.text
        assert answer.json() == {**made, "stock_quantity": pieces}
        assert visitor.get(path_of(made)).json()["stock_quantity"] == pieces


def test_stock_is_counted_without_any_body(admin: httpx.Client, goods: Goods) -> None:
    made = goods.variant()
    answer = admin.patch(f"{path_of(made)}/stock-quantity", params={"stock_quantity": 4})
    assert (answer.status_code, answer.json()["stock_quantity"]) == (200, 4)


@pytest.mark.parametrize(
    "pieces", ["-1", "1.5", "x", "", "1_0", "%D9%A1", "%201", "1000001", "1" * 30, "%00"]
)
def test_a_count_is_a_plain_number(pieces: str, admin: httpx.Client, goods: Goods) -> None:
    made = goods.variant(stock_quantity=10)
    path = f"{path_of(made)}/stock-quantity"
    wrong_fields(admin.patch(f"{path}?stock_quantity={pieces}", headers=FORM))
    wrong_fields(admin.patch(path, headers=FORM))


def test_a_count_says_what_can_be_sold_now(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    """What a buyer holds is not counted, and stays hers."""
    made = goods.variant(stock_quantity=5)
    wanted = {"items": [{"id": made["id"], "quantity": 2, "price": made["price"]}]}
    assert visitor.post("/api/checkout", json=wanted).status_code == 200
    assert visitor.get(path_of(made)).json()["stock_quantity"] == 3
    answer = admin.patch(f"{path_of(made)}/stock-quantity?stock_quantity=9", headers=FORM)
    assert answer.json()["stock_quantity"] == 9


def test_the_old_call_after_payment_changes_nothing(visitor: httpx.Client, goods: Goods) -> None:
    made = goods.variant(stock_quantity=10)
    answer = visitor.patch(f"{path_of(made)}/stock", json={"quantity": 3})
    assert (answer.status_code, answer.json()) == (200, made)
    assert visitor.get(path_of(made)).json() == made


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "1", None])
def test_the_old_call_still_wants_a_quantity(
    quantity: object, visitor: httpx.Client, goods: Goods
) -> None:
    made = goods.variant()
    answer = visitor.patch(f"{path_of(made)}/stock", json={"quantity": quantity})
    assert wrong_fields(answer) == {"quantity"}
