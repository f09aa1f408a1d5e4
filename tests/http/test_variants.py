"""Variants over HTTP: adding, editing, removing, and counting them."""

import json
from typing import Any

import pytest

from eterno.domain.catalog import Variant
from eterno.domain.inventory import Reason
from tests.builders import add_product, put_on_sale
from tests.support.pictures import WEBP
from tests.support.shops import ShopOverHttp

Admin = dict[str, str]
BAR = {
    "size": "100 g",
    "shape": "heart",
    "img_key": "products/heart.webp",
    "price": 8.99,
    "stock_quantity": 12,
}


@pytest.fixture(autouse=True)
def picture(here: ShopOverHttp) -> None:
    """The heart's was uploaded."""
    here.media.put("products/heart.webp", WEBP)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(here.store)


def address(soap: Variant) -> str:
    return f"/products/{soap.product_id}/variants/{soap.id}"


def ledger(here: ShopOverHttp) -> list[tuple[int, Reason, str | None]]:
    return [(m.change, m.reason, m.actor) for m in here.store.tables.movements]


# Adding


def test_a_variant_is_added_with_its_first_delivery(here: ShopOverHttp, admin: Admin) -> None:
    product = add_product(here.store)
    path = f"/products/{product.id}/variants"

    answer = here.client.post(path, json=BAR, headers=admin)

    assert answer.status_code == 201
    variant = answer.json()
    assert variant == {
        **BAR,
        "id": variant["id"],
        "product_id": product.id,
        "sku": f"S{product.id:04d}-{variant['id']:04d}",
        "image_url": "https://pictures.example/products/heart.webp",
    }
    assert here.client.get(path).json() == [variant]
    assert here.client.get(f"{path}/{variant['id']}").json() == variant
    assert ledger(here) == [(12, Reason.DELIVERY, "rosa")]


def test_an_empty_shelf_needs_no_delivery(here: ShopOverHttp, admin: Admin) -> None:
    product = add_product(here.store)
    plain = {"size": "100 g", "price": 9, "stock_quantity": 0, "shape": "", "img_key": ""}

    variant = here.client.post(
        f"/products/{product.id}/variants/", json=plain, headers=admin
    ).json()

    assert (variant["shape"], variant["img_key"], variant["image_url"]) == (None, None, None)
    assert (variant["price"], variant["stock_quantity"]) == (9, 0)
    assert ledger(here) == []


def test_a_sku_is_the_owners_to_choose_but_once(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    path = f"/products/{soap.product_id}/variants"
    chosen = {**BAR, "sku": "OAT-100"}

    assert here.client.post(path, json=chosen, headers=admin).json()["sku"] == "OAT-100"

    for again in (
        here.client.post(path, json=chosen, headers=admin),
        here.client.put(address(soap), json=chosen, headers=admin),
    ):
        assert again.status_code == 409
        assert again.json()["detail"] == "This SKU is already taken"
    assert len(here.client.get(path).json()) == 2


# Editing


def test_a_variant_is_edited_and_its_stock_counted(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    here.check_out((soap.id, 3, 8.99))

    answer = here.client.put(address(soap), json={**BAR, "price": 9.5}, headers=admin)

    assert answer.status_code == 200
    assert answer.json() == here.client.get(address(soap)).json()
    edited = answer.json()
    assert (edited["price"], edited["stock_quantity"], edited["shape"]) == (9.5, 12, "heart")
    assert edited["sku"] == soap.sku
    assert ledger(here)[1:] == [(5, Reason.COUNT, "rosa")]
    shelf = here.store.tables.shelves[soap.id]
    assert (shelf.on_hand, shelf.reserved) == (15, 3)


def test_a_variant_saved_as_it_was_leaves_no_trace(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    shown = here.client.get(address(soap)).json()
    same = {name: shown[name] for name in ("size", "shape", "img_key", "price", "stock_quantity")}

    for body in (same, {**same, "sku": shown["sku"]}):
        assert here.client.put(address(soap), json=body, headers=admin).json() == shown

    assert len(ledger(here)) == 1
    assert here.store.tables.audit == []


# Removing


def test_a_variant_that_never_was_in_stock_is_gone(here: ShopOverHttp, admin: Admin) -> None:
    empty = put_on_sale(here.store, pieces=0)

    answer = here.client.delete(address(empty), headers=admin)

    assert (answer.status_code, answer.content) == (204, b"")
    assert here.client.get(address(empty)).status_code == 404
    assert not here.store.tables.variants
    assert not here.store.tables.shelves


def test_a_variant_that_was_in_stock_leaves_the_shop_but_not_the_books(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    assert here.client.delete(address(soap), headers=admin).status_code == 204

    assert here.client.get(f"/products/{soap.product_id}/variants").json() == []
    assert here.client.get(f"/products/{soap.product_id}").json()["variants"] == []
    assert here.client.get("/inventory", headers=admin).json() == []
    answer = here.check_out((soap.id, 1, 8.99))
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"ProductVariant {soap.id} not found",
    )
    for again in (
        here.client.delete(address(soap), headers=admin),
        here.client.put(address(soap), json=BAR, headers=admin),
        here.client.patch(f"{address(soap)}/stock-quantity?stock_quantity=1", headers=admin),
    ):
        assert again.status_code == 404
    assert here.store.tables.variants[soap.id].archived


# Counting


def count(here: ShopOverHttp, soap: Variant, query: str, **headers: str) -> Any:
    path = f"{address(soap)}/stock-quantity{query}"
    return here.client.patch(path, headers={**FORM, **headers})


def test_a_count_sets_what_can_be_sold_now(here: ShopOverHttp, admin: Admin, soap: Variant) -> None:
    here.check_out((soap.id, 3, 8.99))

    answer = count(here, soap, "?stock_quantity=5", **admin)

    assert answer.status_code == 200
    assert answer.json() == here.client.get(address(soap)).json()
    assert answer.json()["stock_quantity"] == 5
    shelf = here.store.tables.shelves[soap.id]
    assert (shelf.on_hand, shelf.reserved) == (8, 3)
    assert ledger(here)[1:] == [(-2, Reason.COUNT, "rosa")]


def test_counting_what_is_known_leaves_no_trace(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    for _ in range(2):
        assert count(here, soap, "?stock_quantity=10", **admin).status_code == 200
    assert len(ledger(here)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?stock_quantity=",
        "?stock_quantity",
        "?stock_quantity=-1",
        "?stock_quantity=%2B1",
        "?stock_quantity=%205",
        "?stock_quantity=5%20",
        "?stock_quantity=5%0A",
        "?stock_quantity=5.0",
        "?stock_quantity=05",
        "?stock_quantity=1_0",
        "?stock_quantity=1e3",
        "?stock_quantity=0x5",
        "?stock_quantity=%D9%A5",
        "?stock_quantity=%00",
        "?stock_quantity=%FF",
        "?stock_quantity=ten",
        "?stock_quantity=null",
        "?stock_quantity=1000001",
        "?stock_quantity=" + "9" * 30,
        "?quantity=5",
    ],
)
def test_a_count_is_a_plain_whole_number(
    here: ShopOverHttp, admin: Admin, soap: Variant, query: str
) -> None:
    answer = count(here, soap, query, **admin)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["stock_quantity"]
    assert len(ledger(here)) == 1


def test_a_count_may_be_nothing_or_a_million(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    for number in (0, 1_000_000):
        answer = count(here, soap, f"?stock_quantity={number}", **admin)
        assert answer.json()["stock_quantity"] == number


# What was seen


def test_a_variant_has_a_tag_that_changes_when_it_does(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    tag = here.client.get(address(soap)).headers["etag"]
    assert tag.startswith('"')
    assert here.client.get(address(soap)).headers["etag"] == tag

    counted = count(here, soap, "?stock_quantity=9", **admin)
    assert counted.headers["etag"] != tag
    assert here.client.get(address(soap)).headers["etag"] == counted.headers["etag"]

    edited = here.client.put(address(soap), json=BAR, headers=admin)
    assert edited.headers["etag"] == here.client.get(address(soap)).headers["etag"]

    here.check_out((soap.id, 1, 8.99))
    assert here.client.get(address(soap)).headers["etag"] != edited.headers["etag"]


def test_two_who_saw_the_same_do_not_overwrite_each_other(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    tag = here.client.get(address(soap)).headers["etag"]

    assert count(here, soap, "?stock_quantity=9", **admin, **{"If-Match": tag}).status_code == 200
    second = count(here, soap, "?stock_quantity=8", **admin, **{"If-Match": tag})

    assert second.status_code == 412
    assert second.headers["content-type"] == "application/problem+json"
    assert second.json()["code"] == "precondition_failed"
    assert here.client.get(address(soap)).json()["stock_quantity"] == 9
    for method, body in (("PUT", BAR), ("DELETE", None)):
        answer = here.client.request(
            method, address(soap), json=body, headers={**admin, "If-Match": tag}
        )
        assert answer.status_code == 412


@pytest.mark.parametrize("form", ["{}", '"other", {}', '{},"x"', "*", ' W/"x" , {} '])
def test_a_tag_may_be_one_of_several_or_any(
    here: ShopOverHttp, admin: Admin, soap: Variant, form: str
) -> None:
    if_match = form.format(here.client.get(address(soap)).headers["etag"])
    answer = count(here, soap, "?stock_quantity=9", **admin, **{"If-Match": if_match})
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["", '""', '"other"', "W/{}", "other", '"', '"a,b"', "{}x"[:1]])
def test_another_tag_names_nothing(
    here: ShopOverHttp, admin: Admin, soap: Variant, form: str
) -> None:
    if_match = form.replace("{}", here.client.get(address(soap)).headers["etag"])
    answer = count(here, soap, "?stock_quantity=9", **admin, **{"If-Match": if_match})
    assert answer.status_code == 412


# What the shop front says after a sale


def test_the_shop_front_may_tell_of_a_sale_and_nothing_changes(
    here: ShopOverHttp, soap: Variant
) -> None:
    before = here.client.get(address(soap)).json()
    for headers in ({}, {"Authorization": "Bearer long.since.expired"}):
        answer = here.client.patch(f"{address(soap)}/stock", json={"quantity": 3}, headers=headers)
        assert (answer.status_code, answer.json()) == (200, before)
    assert len(ledger(here)) == 1


@pytest.mark.parametrize(
    "body", [{}, {"quantity": 0}, {"quantity": -1}, {"quantity": "1"}, {"quantity": 1.5}]
)
def test_a_sale_is_told_with_a_quantity(
    here: ShopOverHttp, soap: Variant, body: dict[str, Any]
) -> None:
    answer = here.client.patch(f"{address(soap)}/stock", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "quantity"


# Refusals

ADMINS_ROUTES = [
    ("POST", "/products/1/variants", BAR),
    ("PUT", "/products/1/variants/1", BAR),
    ("DELETE", "/products/1/variants/1", None),
    ("PATCH", "/products/1/variants/1/stock-quantity?stock_quantity=5", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ADMINS_ROUTES)
def test_a_stranger_hears_401_whatever_else_is_wrong(
    here: ShopOverHttp, method: str, path: str, body: Any
) -> None:
    soap = put_on_sale(here.store)
    for content in (json.dumps(body).encode(), b"no JSON", b""):
        for spelling in (path, path.replace("/1", "/0"), path.replace("/1", "/999")):
            answer = here.client.request(method, spelling, content=content)
            assert answer.status_code == 401
            assert answer.json()["detail"] == "Not authenticated"
    answer = here.client.patch(
        path.partition("?")[0] + "?stock_quantity=x",
        headers={**FORM, "Authorization": "Bearer forged"},
    )
    assert answer.status_code in (401, 405)
    assert here.store.tables.variants == {soap.id: soap}


def test_a_variant_is_found_only_under_its_own_product(
    here: ShopOverHttp, admin: Admin, soap: Variant
) -> None:
    other = add_product(here.store, "Rose")
    path = f"/products/{other.id}/variants/{soap.id}"

    for answer in (
        here.client.get(path),
        here.client.put(path, json=BAR, headers=admin),
        here.client.delete(path, headers=admin),
        here.client.patch(f"{path}/stock-quantity?stock_quantity=1", headers={**FORM, **admin}),
        here.client.patch(f"{path}/stock", json={"quantity": 1}),
    ):
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"ProductVariant {soap.id} not found"
    assert here.client.get(address(soap)).json()["stock_quantity"] == 10


@pytest.mark.parametrize("path", ["/products/1/variants/999", "/products/999/variants/999"])
def test_what_is_not_there_is_named(
    here: ShopOverHttp, admin: Admin, soap: Variant, path: str
) -> None:
    for answer in (
        here.client.get(path),
        here.client.put(path, json=BAR, headers=admin),
        here.client.delete(path, headers=admin),
        here.client.patch(f"{path}/stock-quantity?stock_quantity=1", headers={**FORM, **admin}),
        here.client.patch(f"{path}/stock", json={"quantity": 1}),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (
            404,
            "ProductVariant 999 not found",
        )


def test_a_variant_needs_a_product(here: ShopOverHttp, admin: Admin) -> None:
    answer = here.client.post("/products/999/variants", json=BAR, headers=admin)
    assert (answer.status_code, answer.json()["detail"]) == (404, "Product 999 not found")


@pytest.mark.parametrize("id", ["0", "01", "+1", "1_0", "%D9%A1", "abc", "1.0", "%201", "%00"])
def test_an_id_is_a_plain_whole_number(
    here: ShopOverHttp, admin: Admin, soap: Variant, id: str
) -> None:
    for path in (f"/products/{id}/variants/1", f"/products/1/variants/{id}"):
        for answer in (
            here.client.get(path),
            here.client.put(path, json=BAR, headers=admin),
            here.client.delete(path, headers=admin),
            here.client.patch(f"{path}/stock-quantity?stock_quantity=1", headers={**FORM, **admin}),
            here.client.patch(f"{path}/stock", json={"quantity": 1}),
        ):
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["field"] == "id"


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in BAR.items() if key != name}).encode()


def bar(**changes: Any) -> bytes:
    return json.dumps({**BAR, **changes}).encode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (without("size"), "size"),
        (without("price"), "price"),
        (without("stock_quantity"), "stock_quantity"),
        (bar(size=""), "size"),
        (bar(size="x" * 61), "size"),
        (bar(size=100), "size"),
        (bar(size="a\0b"), "size"),
        (bar(shape="a\u202eb"), "shape"),
        (bar(shape="\ud800"), None),
        (bar(img_key="private/heart.webp"), "img_key"),
        (bar(img_key="products/heart.html"), "img_key"),
        (bar(price="8.99"), "price"),
        (bar(price=None), "price"),
        (bar(price=True), "price"),
        (bar(price=0), "price"),
        (bar(price=-8.99), "price"),
        (bar(price=8.999), "price"),
        (bar(price=1_000_000), "price"),
        (bar(price=float("nan")), None),
        (bar(price=0).replace(b'"price": 0', b'"price": 1e999'), "price"),
        (bar(stock_quantity=-1), "stock_quantity"),
        (bar(stock_quantity=1_000_001), "stock_quantity"),
        (bar(stock_quantity=10**30), "stock_quantity"),
        (bar(stock_quantity=1.5), "stock_quantity"),
        (bar(stock_quantity="12"), "stock_quantity"),
        (bar(stock_quantity=None), "stock_quantity"),
        (bar(sku="lower"), "sku"),
        (bar(sku=""), "sku"),
        (bar(sku="S0001-0099"), "sku"),
        (bar(id=1), "id"),
        (bar(product_id=1), "product_id"),
        (b"", None),
        (b"{", None),
    ],
)
def test_a_variant_is_not_offered_like_that(
    here: ShopOverHttp, admin: Admin, soap: Variant, body: bytes, field: str | None
) -> None:
    """Without a field: it is not even JSON."""
    headers = {**admin, "Content-Type": "application/json"}
    before = here.client.get("/products").json()

    for method, path in (("POST", f"/products/{soap.product_id}/variants"), ("PUT", address(soap))):
        answer = here.client.request(method, path, content=body, headers=headers)
        if field is None:
            assert answer.status_code == 400
        else:
            assert answer.status_code == 422
            assert [error["field"] for error in answer.json()["errors"]] == [field]

    assert here.client.get("/products").json() == before
    assert len(ledger(here)) == 1


def test_a_body_must_say_that_it_is_json(here: ShopOverHttp, admin: Admin, soap: Variant) -> None:
    headers = {**admin, "Content-Type": "text/plain"}
    answer = here.client.put(address(soap), content=bar(), headers=headers)
    assert answer.status_code == 415


def test_a_buyers_page_hears_yes_even_when_what_she_bought_has_left_the_shop(
    here: ShopOverHttp,
) -> None:
    gone = put_on_sale(here.store, archived=True)

    answer = here.client.patch(f"{address(gone)}/stock", json={"quantity": 1})

    assert answer.status_code == 200
    assert answer.json()["id"] == gone.id
    assert here.client.get(address(gone)).status_code == 404
