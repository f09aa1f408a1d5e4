"""Checkout, exactly."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.blackbox.goods import Goods
from tests.blackbox.problems import refused, wrong_fields
from tests.blackbox.routes import NOBODY
from tests.support.outside import Outside

BUYER = {
    "email": "rosa@example.org",
    "name": "Rosa Klein",
    "line1": "1 Larimer Street",
    "city": "Denver",
    "state": "CO",
    "postal_code": "80202",
    "country": "US",
    "delivery": "0",
    "ending": "pay",
}


def line(soap: dict, quantity: object = 1, **fields: Any) -> dict[str, Any]:
    """As the shop front sends it."""
    return {
        "id": soap["id"],
        "productId": soap["product_id"],
        "name": "Whatever it says",
        "price": soap["price"],
        "quantity": quantity,
        **fields,
    }


def check_out(client: httpx.Client, *lines: dict, **headers: str) -> httpx.Response:
    return client.post("/api/checkout", json={"items": lines}, headers=headers)


def on_sale(client: httpx.Client, soap: dict) -> int:
    shown = client.get(f"/products/{soap['product_id']}/variants/{soap['id']}").json()
    return int(shown["stock_quantity"])


def total_on(page: str) -> str:
    """Everything on the payment page that may be money."""
    return httpx.get(page).text


def test_a_checkout_answers_the_address_of_a_payment_page(
    visitor: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant(stock_quantity=5)
    answer = check_out(visitor, line(soap, 2))
    assert answer.status_code == 200
    assert answer.json()["url"].startswith("http")
    assert on_sale(visitor, soap) == 3


def test_name_and_product_are_ignored_and_may_be_left_out(
    visitor: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant()
    bare = {"id": soap["id"], "quantity": 1, "price": soap["price"]}
    odd = line(soap, productId={"a": [1]}, name=None)
    for sent in (bare, odd):
        assert check_out(visitor, sent).status_code == 200


def test_a_price_shown_too_low_is_asked_about_and_never_charged(
    visitor: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant(price=8.99)
    problem = refused(check_out(visitor, line(soap, price=8.98)), 409)
    assert problem["code"] == "price_changed"
    [fresh] = problem["lines"]
    assert (fresh["variant_id"], fresh["price"]) == (soap["id"], 8.99)
    assert on_sale(visitor, soap) == 10


def test_of_a_price_shown_too_high_ours_is_charged(visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant(price=8.99)
    answer = check_out(visitor, line(soap, price=11.11))
    assert answer.status_code == 200
    page = total_on(answer.json()["url"])
    assert "8.99" in page
    assert "11.11" not in page


def test_lines_of_one_variant_are_merged(visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant(stock_quantity=5)
    assert check_out(visitor, line(soap, 2), line(soap, 2)).status_code == 200
    assert on_sale(visitor, soap) == 1
    problem = refused(check_out(visitor, line(soap), line(soap)), 409)
    [short] = problem["lines"]
    assert short == {"variant_id": soap["id"], "requested": 2, "available": 1}


def test_what_is_not_there_is_told_for_every_line(visitor: httpx.Client, goods: Goods) -> None:
    few, none, many = (goods.variant(stock_quantity=pieces) for pieces in (1, 0, 50))
    problem = refused(check_out(visitor, line(few, 2), line(none), line(many)), 409)
    assert problem["code"] == "out_of_stock"
    assert sorted(problem["lines"], key=lambda short: short["variant_id"]) == [
        {"variant_id": few["id"], "requested": 2, "available": 1},
        {"variant_id": none["id"], "requested": 1, "available": 0},
    ]
    assert on_sale(visitor, many) == 50


def test_an_unknown_or_archived_variant_is_404_and_named(
    visitor: httpx.Client, admin: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant()
    nothing = {"id": NOBODY, "quantity": 1, "price": 1.0}
    problem = refused(check_out(visitor, line(soap), nothing), 404)
    assert str(NOBODY) in problem["detail"]
    admin.delete(f"/products/{soap['product_id']}/variants/{soap['id']}")
    problem = refused(check_out(visitor, line(soap)), 404)
    assert str(soap["id"]) in problem["detail"]


@pytest.mark.parametrize("quantity", [0, -1, 100, 1.5, "2", None, 10**20])
def test_a_quantity_is_1_to_99(quantity: object, visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant(stock_quantity=500)
    assert any(
        "quantity" in name for name in wrong_fields(check_out(visitor, line(soap, quantity)))
    )


def test_a_basket_has_1_to_100_lines(visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant(stock_quantity=500)
    assert check_out(visitor, *[line(soap)] * 99).status_code == 200
    wrong_fields(check_out(visitor))
    wrong_fields(check_out(visitor, *[line(soap)] * 101))


@pytest.mark.parametrize("price", [-1, "8.99", None, True])
def test_a_price_that_cannot_be_right_is_refused(
    price: object, visitor: httpx.Client, goods: Goods
) -> None:
    answer = check_out(visitor, line(goods.variant(), price=price))
    assert any("price" in name for name in wrong_fields(answer))


def test_the_same_key_and_basket_give_the_same_page(visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant(stock_quantity=5)
    key = {"Idempotency-Key": secrets.token_hex(8)}
    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(lambda _: check_out(visitor, line(soap, 2), **key), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["url"] for answer in answers}) == 1
    assert on_sale(visitor, soap) == 3


def test_the_same_key_with_another_basket_is_409(visitor: httpx.Client, goods: Goods) -> None:
    soap = goods.variant()
    key = {"Idempotency-Key": secrets.token_hex(8)}
    assert check_out(visitor, line(soap, 1), **key).status_code == 200
    refused(check_out(visitor, line(soap, 2), **key), 409)


def test_the_last_soap_is_sold_once(shop: Outside, goods: Goods) -> None:
    soap = goods.variant(stock_quantity=1)

    def try_it(_: int) -> int:
        with shop.visitor() as visitor:
            return check_out(visitor, line(soap)).status_code

    with ThreadPoolExecutor(6) as people:
        statuses = list(people.map(try_it, range(6)))
    assert sorted(statuses) == [200, 409, 409, 409, 409, 409]


def test_a_sold_soap_leaves_the_shelf_and_may_then_be_deleted(
    visitor: httpx.Client, admin: httpx.Client, goods: Goods
) -> None:
    soap = goods.variant(stock_quantity=5)
    page = check_out(visitor, line(soap, 2)).json()["url"]
    paid = httpx.post(page, data=BUYER)
    assert paid.status_code == 303, paid.text
    assert "/success" in paid.headers["location"] or "thanks" in paid.headers["location"]
    wait_until_paid(page)
    assert on_sale(visitor, soap) == 3
    stock = admin.patch(
        f"/products/{soap['product_id']}/variants/{soap['id']}/stock-quantity?stock_quantity=3"
    )
    assert stock.json()["stock_quantity"] == 3  # nothing is held any more
    answer = admin.delete(f"/products/{soap['product_id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(visitor.get(f"/products/{soap['product_id']}"), 404)


def wait_until_paid(page: str) -> None:
    """Until the payment page says that it is over."""
    deadline = time.monotonic() + 20
    while "ending" in httpx.get(page).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
