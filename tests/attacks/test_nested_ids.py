"""What is named beneath something else is found only there (OWASP API1).

Two of everything; each call names the one's part beneath the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from eterno.domain.catalog import Category, Variant
from eterno.domain.orders import Order
from tests.builders import add_category, add_product, put_on_sale
from tests.support.shops import ShopOverHttp, shop_over_http


@dataclass(frozen=True)
class Two:
    """Two products, in a category each, with a variant each; and an order of each."""

    here: ShopOverHttp
    admin: dict[str, str]
    categories: list[Category]
    soaps: list[Variant]
    orders: list[Order]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return self.here.client.request(method, path, json=body, headers=self.admin)


@pytest.fixture
def two() -> Iterator[Two]:
    with shop_over_http(CHECKOUT_LIMITS="off") as here:
        categories = [add_category(here.store, name) for name in ("Gifts", "Scents")]
        soaps, orders = [], []
        for category in categories:
            product = add_product(here.store, category.name, categories=(category,))
            soap = put_on_sale(here.store, product)
            url = here.check_out((soap.id, 2, 8.99)).json()["url"]
            here.notify(here.payments.pay(here.payments.session_at(url)))
            soaps.append(soap)
            orders.append(here.shop.order_desk().latest(most=1)[0])
        yield Two(here, here.sign_in(), categories, soaps, orders)


VARIANT: dict[str, Any] = {"size": "1 g", "price": 1.0, "stock_quantity": 1}
CALLS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PUT", "", VARIANT),
    ("DELETE", "", None),
    ("PATCH", "/stock-quantity?stock_quantity=1", None),
]


@pytest.mark.parametrize(("method", "rest", "body"), CALLS)
def test_a_variant_of_another_product_is_not_there(
    two: Two, method: str, rest: str, body: Any
) -> None:
    mine, other = two.soaps
    before = two.here.store.tables.variants, two.here.store.tables.shelves

    answer = two.ask(method, f"/products/{mine.product_id}/variants/{other.id}{rest}", body)

    assert answer.status_code == 404
    assert (two.here.store.tables.variants, two.here.store.tables.shelves) == before


def test_a_category_is_taken_only_from_a_product_that_is_in_it(two: Two) -> None:
    mine, other = two.soaps
    path = f"/products/{mine.product_id}/categories/{two.categories[1].id}"

    assert two.ask("DELETE", path).status_code in (200, 204, 404)
    shown = two.ask("GET", f"/products/{other.product_id}/categories").json()
    assert [category["id"] for category in shown] == [two.categories[1].id]


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("ship", {"carrier": "USPS", "lines": [{"variant_id": 0, "quantity": 1}]}),
        ("refunds", {"lines": [{"variant_id": 0, "quantity": 1}], "restock": True}),
    ],
)
def test_pieces_of_another_order_are_neither_sent_nor_paid_back(
    two: Two, deed: str, body: dict[str, Any]
) -> None:
    mine, _ = two.orders
    lines = [{"variant_id": two.soaps[1].id, "quantity": 1}]

    answer = two.ask("POST", f"/orders/{mine.id}/{deed}", {**body, "lines": lines})

    assert answer.status_code in (404, 409, 422)
    assert two.here.store.tables.orders[mine.id] == mine
    assert not two.here.store.tables.refunds


def test_a_stranger_finds_an_order_by_its_token_only(two: Two) -> None:
    mine, _ = two.orders
    client = two.here.client

    assert client.get(f"/orders/{mine.token}").status_code == 200
    for guess in (mine.id, mine.number, mine.id.hex, mine.token.upper() + "x", mine.token[:-1]):
        assert client.get(f"/orders/{guess}").status_code == 404
    assert client.get(f"/orders/{mine.token}/details").status_code == 401


def test_a_key_of_one_variants_delivery_is_not_taken_for_another(two: Two) -> None:
    headers = {**two.admin, "Idempotency-Key": "one parcel"}
    told = [
        two.here.client.post(
            f"/inventory/{soap.id}/deliveries", json={"quantity": 1}, headers=headers
        ).status_code
        for soap in two.soaps
    ]
    assert told == [201, 422] or told == [201, 409]
