"""Checking out over HTTP: the shapes, the refusals, and that a refusal holds nothing."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from eterno.adapters.memory.payments import Trouble
from eterno.domain.catalog import Variant
from tests.builders import put_on_sale
from tests.support.shops import ShopOverHttp, shop_over_http


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    return put_on_sale(here.store, price="8.99", pieces=5)


def available(here: ShopOverHttp, soap: Variant) -> int:
    [shown] = here.client.get(f"/products/{soap.product_id}/variants").json()
    return int(shown["stock_quantity"])


def test_the_answer_is_the_address_of_a_payment_page(here: ShopOverHttp, soap: Variant) -> None:
    answer = here.check_out((soap.id, 2, 8.99))
    assert answer.status_code == 200
    assert list(answer.json()) == ["url"]
    assert here.payments.session_at(answer.json()["url"])
    assert available(here, soap) == 3


def test_what_the_shop_front_sends_besides_is_ignored(here: ShopOverHttp, soap: Variant) -> None:
    item = {"id": soap.id, "productId": 77, "name": "Gold", "price": 8.99, "quantity": 1}
    answer = here.client.post("/api/checkout", json={"items": [item]})
    assert answer.status_code == 200


def test_a_lower_price_is_refused_with_the_fresh_one(here: ShopOverHttp, soap: Variant) -> None:
    answer = here.check_out((soap.id, 1, 7.5))
    assert answer.status_code == 409
    assert answer.json()["code"] == "price_changed"
    assert answer.json()["lines"] == [{"variant_id": soap.id, "shown": 7.5, "price": 8.99}]
    assert available(here, soap) == 5


def test_a_higher_price_is_charged_at_ours(here: ShopOverHttp, soap: Variant) -> None:
    assert here.check_out((soap.id, 1, 9.5)).status_code == 200
    [order] = here.shop.order_desk().latest()
    assert order.total.minor == 899


def test_what_is_sold_out_is_told_line_by_line(here: ShopOverHttp, soap: Variant) -> None:
    other = put_on_sale(here.store, pieces=1)
    answer = here.check_out((soap.id, 6, 8.99), (other.id, 2, 8.99))
    assert answer.status_code == 409
    assert answer.json()["code"] == "out_of_stock"
    assert answer.json()["lines"] == [
        {"variant_id": soap.id, "requested": 6, "available": 5},
        {"variant_id": other.id, "requested": 2, "available": 1},
    ]
    assert available(here, soap) == 5


def test_an_unknown_variant_is_named(here: ShopOverHttp) -> None:
    answer = here.check_out((999, 1, 8.99))
    assert answer.status_code == 404
    assert answer.json()["detail"] == "ProductVariant 999 not found"


def test_the_same_key_gives_the_same_page_and_another_basket_is_refused(
    here: ShopOverHttp, soap: Variant
) -> None:
    key = {"Idempotency-Key": "b2f7c1d0-0001"}
    first = here.check_out((soap.id, 1, 8.99), **key)
    again = here.check_out((soap.id, 1, 8.99), **key)
    other = here.check_out((soap.id, 2, 8.99), **key)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert available(here, soap) == 4


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
def test_a_key_is_short_and_printable(here: ShopOverHttp, soap: Variant, key: str) -> None:
    answer = here.check_out((soap.id, 1, 8.99), **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_silent_payment_service_is_503_and_holds_nothing(
    here: ShopOverHttp, soap: Variant
) -> None:
    here.payments.trouble = Trouble.SILENT_BEFORE
    answer = here.check_out((soap.id, 1, 8.99))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["code"] == "payments_unavailable"
    assert available(here, soap) == 5


def test_one_client_may_not_hold_the_whole_shop(here: ShopOverHttp) -> None:
    with shop_over_http(CHECKOUT_OPEN_ORDERS="2") as small:
        soap = put_on_sale(small.store, pieces=9)
        statuses = [small.check_out((soap.id, 1, 8.99)).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        assert int(small.check_out((soap.id, 1, 8.99)).headers["Retry-After"]) > 0


def test_the_limits_can_be_switched_off(here: ShopOverHttp) -> None:
    with shop_over_http(CHECKOUT_OPEN_ORDERS="1", CHECKOUT_LIMITS="off") as open_house:
        soap = put_on_sale(open_house.store, pieces=9)
        assert {open_house.check_out((soap.id, 1, 8.99)).status_code for _ in range(3)} == {200}


def line(**changes: Any) -> dict[str, Any]:
    return {"id": 1, "quantity": 1, "price": 8.99, **changes}


HOPELESS: dict[str, tuple[bytes, int]] = {
    "no items": (b'{"items": []}', 422),
    "101 lines": (json.dumps({"items": [line(id=n) for n in range(1, 102)]}).encode(), 422),
    "quantity 0": (json.dumps({"items": [line(quantity=0)]}).encode(), 422),
    "quantity -5": (json.dumps({"items": [line(quantity=-5)]}).encode(), 422),
    "quantity 1.5": (json.dumps({"items": [line(quantity=1.5)]}).encode(), 422),
    "quantity as text": (json.dumps({"items": [line(quantity="2")]}).encode(), 422),
    "quantity true": (json.dumps({"items": [line(quantity=True)]}).encode(), 422),
    "quantity null": (json.dumps({"items": [line(quantity=None)]}).encode(), 422),
    "quantity 10^9": (json.dumps({"items": [line(quantity=10**9)]}).encode(), 422),
    "quantity 10^30": (json.dumps({"items": [line(quantity=10**30)]}).encode(), 422),
    "id 0": (json.dumps({"items": [line(id=0)]}).encode(), 422),
    "id 10^30": (json.dumps({"items": [line(id=10**30)]}).encode(), 422),
    "price as text": (json.dumps({"items": [line(price="8.99")]}).encode(), 422),
    "price negative": (json.dumps({"items": [line(price=-1)]}).encode(), 422),
    "price with three decimals": (json.dumps({"items": [line(price=8.999)]}).encode(), 422),
    "price 10^30": (json.dumps({"items": [line(price=10**30)]}).encode(), 422),
    "price NaN": (b'{"items": [{"id": 1, "quantity": 1, "price": NaN}]}', 400),
    "price infinite": (b'{"items": [{"id": 1, "quantity": 1, "price": 1e999}]}', 422),
    "quantity missing": (b'{"items": [{"id": 1, "price": 8.99}]}', 422),
    "an unknown field": (json.dumps({"items": [line(discount=100)]}).encode(), 422),
    "an unknown field outside": (json.dumps({"items": [line()], "total": 0}).encode(), 422),
    "a list": (b"[]", 422),
    "null": (b"null", 422),
    "nothing": (b"", 400),
    "half of it": (b'{"items": [', 400),
    "garbage": (b"\x93NUMPY\x01\x00", 400),
    "no UTF-8": (b'{"items": [{"id": 1, "quantity": 1, "price": 1, "name": "\xff\xfe"}]}', 400),
    "an unpaired surrogate": (
        b'{"items": [{"id": 1, "quantity": 1, "price": 1, "name": "\\ud800"}]}',
        400,
    ),
    "NUL": (b"\x00", 400),
    "nested 2,000 deep": (b'{"items": ' + b"[" * 2000 + b"]" * 2000 + b"}", 422),
    "nested 20,000 deep where it is ignored": (
        b'{"items": [{"id": 1, "quantity": 1, "price": 1, "name": '
        + b"[" * 20_000
        + b"]" * 20_000
        + b"}]}",
        400,
    ),
    "70 KB": (b'{"items": [' + b" " * 70_000 + b"]}", 413),
}


@pytest.mark.parametrize(("body", "status"), HOPELESS.values(), ids=HOPELESS)
def test_a_hopeless_body_is_refused_clearly_and_holds_nothing(
    here: ShopOverHttp, soap: Variant, body: bytes, status: int
) -> None:
    answer = here.client.post(
        "/api/checkout", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert available(here, soap) == 5
    assert here.shop.order_desk().latest() == []


def test_a_wrong_field_is_named(here: ShopOverHttp, soap: Variant) -> None:
    answer = here.client.post("/api/checkout", json={"items": [line(), line(quantity="2")]})
    assert answer.json()["errors"] == [
        {"field": "items[1].quantity", "message": "Expected int, got str"}
    ]


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_form_on_another_site_cannot_check_out(
    here: ShopOverHttp, soap: Variant, kind: str
) -> None:
    body = json.dumps({"items": [line(id=soap.id)]})
    answer = here.client.post("/api/checkout", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert available(here, soap) == 5


# A crowd, whom the shop serves together


@pytest.fixture
def open_to_all() -> Iterator[ShopOverHttp]:
    with shop_over_http(CHECKOUT_LIMITS="off") as shop:
        yield shop


def test_in_a_crowd_each_piece_is_sold_once_and_each_buyer_has_her_own_page(
    open_to_all: ShopOverHttp,
) -> None:
    """Sixty requests for twenty pieces, each made twice under its key."""
    few = put_on_sale(open_to_all.store, price="8.99", pieces=20)

    def buy(number: int) -> tuple[str, Any]:
        key = f"k-{number // 2}"
        answer = open_to_all.check_out((few.id, 1, 8.99), **{"Idempotency-Key": key})
        assert answer.status_code in (200, 409), answer.text
        return key, answer.json().get("url")

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(buy, range(60)))

    sold = {(key, url) for key, url in answers if url is not None}
    orders = open_to_all.shop.order_desk().latest(most=100)
    assert len(sold) == len({url for _, url in sold}) == 20
    assert sold == {(order.key, order.session_url) for order in orders}
    assert available(open_to_all, few) == 0


def test_in_a_crowd_a_refusal_is_for_whom_it_concerns(open_to_all: ShopOverHttp) -> None:
    soap = put_on_sale(open_to_all.store, price="8.99", pieces=100)
    wishes = [(soap.id, 1, 8.99), (999, 1, 8.99), (soap.id, 1, 0.5), (soap.id, 101, 8.99)]

    def buy(number: int) -> int:
        return int(open_to_all.check_out(wishes[number % 4]).status_code)

    with ThreadPoolExecutor(16) as crowd:
        assert list(crowd.map(buy, range(64))) == [200, 404, 409, 422] * 16
    assert available(open_to_all, soap) == 84
