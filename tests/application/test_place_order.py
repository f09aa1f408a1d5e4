from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from eterno.adapters.memory.stock import MemoryShelves
from eterno.application.checkout.hold_orders import CheckoutPolicy
from eterno.application.ports.store import CollidedWork, StoreUnavailable
from eterno.domain.basket import PriceChanged
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound, TooMany
from eterno.domain.inventory import OutOfStock, Shelf, Shortage
from eterno.domain.orders import OrderState
from tests.application.shop import Shop
from tests.builders import a_basket, a_basket_of, add_product, put_on_sale, usd

SHOPPER = "203.0.113.7"


# The natural way


def test_a_visitor_is_sent_to_the_page_on_which_she_can_pay(shop: Shop, soap: Variant) -> None:
    url = shop.checkout((soap, 2))

    assert shop.payments.session_at(url) == shop.session
    assert (shop.order.session_id, shop.order.session_url) == (shop.session, url)


def test_what_she_wants_is_held_for_her(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 2))

    assert shop.on_shelf(soap) == (10, 2)
    assert shop.order.state is OrderState.AWAITING
    assert shop.order.pay_by == shop.clock.now() + timedelta(minutes=31)


def test_the_order_remembers_what_was_bought_as_it_was_called_and_priced_then(
    shop: Shop,
) -> None:
    product = add_product(shop.store, "Oat & Honey")
    heart = put_on_sale(shop.store, product, size="100 g", price="8.99", sku="OAT-100")

    shop.checkout((heart, 2))

    (line,) = shop.order.lines
    assert (line.product_name, line.variant_label, line.sku) == ("Oat & Honey", "100 g", "OAT-100")
    assert line.unit_price == usd("8.99")
    assert shop.order.total == usd("17.98")
    assert shop.order.client == SHOPPER


def test_lines_of_one_soap_are_one_line(shop: Shop, soap: Variant) -> None:
    shop.place_order(a_basket((soap.id, 1, "8.99"), (soap.id, 2, "8.99")), client=SHOPPER)

    assert [line.quantity for line in shop.order.lines] == [3]
    assert shop.on_shelf(soap) == (10, 3)


def test_the_last_soap_is_sold_once(shop: Shop) -> None:
    last = put_on_sale(shop.store, pieces=1)
    shop.checkout((last, 1), client="first")

    with pytest.raises(OutOfStock):
        shop.checkout((last, 1), client="second")

    assert shop.order.client == "first"


# What cannot be had


def test_nobody_orders_what_is_not_offered(shop: Shop, soap: Variant) -> None:
    with pytest.raises(NotFound, match="ProductVariant 999 not found"):
        shop.place_order(a_basket((soap.id, 1, "8.99"), (999, 1, "1.00")), client=SHOPPER)

    assert shop.orders == []
    assert shop.on_shelf(soap) == (10, 0)


def test_nobody_orders_what_was_archived(shop: Shop) -> None:
    gone = put_on_sale(shop.store, archived=True)
    of_a_gone_product = put_on_sale(shop.store, add_product(shop.store, "Old", archived=True))

    for variant in (gone, of_a_gone_product):
        with pytest.raises(NotFound, match=f"ProductVariant {variant.id} not found"):
            shop.checkout((variant, 1))


def test_the_last_soap_may_be_gone_after_it_was_seen(shop: Shop, soap: Variant) -> None:
    def gone(shelves: MemoryShelves, ids: Iterable[int]) -> Mapping[int, Shelf]:
        return {id: Shelf(variant_id=id, on_hand=10, reserved=9) for id in ids}

    with patch.object(MemoryShelves, "hold", gone), pytest.raises(OutOfStock) as refusal:
        shop.checkout((soap, 2))

    assert refusal.value.lines == (Shortage(soap.id, 2, 1),)
    assert shop.orders == []
    assert len(shop.store.tables.demand) == 1


def test_every_line_that_lacks_pieces_is_named(shop: Shop, soap: Variant) -> None:
    few = put_on_sale(shop.store, add_product(shop.store, "Rose"), pieces=1)
    none = put_on_sale(shop.store, add_product(shop.store, "Mint"), pieces=0)

    with pytest.raises(OutOfStock) as refusal:
        shop.checkout((soap, 10), (few, 2), (none, 3))

    assert refusal.value.lines == (Shortage(few.id, 2, 1), Shortage(none.id, 3, 0))
    assert shop.orders == []
    assert shop.on_shelf(soap) == (10, 0)


def test_she_is_never_charged_more_than_she_was_shown(shop: Shop, soap: Variant) -> None:
    with pytest.raises(PriceChanged) as refusal:
        shop.place_order(a_basket((soap.id, 1, "8.98")), client=SHOPPER)

    (line,) = refusal.value.lines
    assert (line.shown, line.price) == (usd("8.98"), usd("8.99"))
    assert shop.orders == []


def test_she_is_charged_less_than_she_was_shown(shop: Shop, soap: Variant) -> None:
    shop.place_order(a_basket((soap.id, 1, "9.99")), client=SHOPPER)

    assert shop.order.total == usd("8.99")


# Limits


def shop_with(**limits: int | None) -> tuple[Shop, Variant]:
    shop = Shop(replace(CheckoutPolicy(), **limits))  # type: ignore[arg-type]
    return shop, put_on_sale(shop.store, pieces=100)


def test_one_client_has_few_unpaid_checkouts_at_once() -> None:
    shop, soap = shop_with(open_orders=2)
    shop.checkout((soap, 1))
    shop.checkout((soap, 1))

    with pytest.raises(TooMany, match="unpaid checkouts") as refusal:
        shop.checkout((soap, 1))

    assert refusal.value.retry_after == 60
    assert shop.on_shelf(soap) == (100, 2)


def test_one_client_holds_few_pieces_without_paying() -> None:
    shop, soap = shop_with(held_units=10)
    shop.checkout((soap, 6))

    with pytest.raises(TooMany, match="pieces"):
        shop.checkout((soap, 5))
    shop.checkout((soap, 4))

    assert shop.on_shelf(soap) == (100, 10)


def test_each_client_has_limits_of_her_own() -> None:
    shop, soap = shop_with(open_orders=1, held_units=10)

    for client in ("one", "two", "three"):
        shop.checkout((soap, 10), client=client)

    assert shop.on_shelf(soap) == (100, 30)


def test_paying_makes_room_for_another_checkout() -> None:
    shop, soap = shop_with(open_orders=1)
    shop.checkout((soap, 1))
    shop.hear(shop.payments.pay(shop.session))

    shop.checkout((soap, 1))

    assert len(shop.orders) == 2


@pytest.mark.parametrize("open_orders", [None, 50])
@pytest.mark.parametrize("held_units", [None, 500])
def test_a_limit_can_be_lifted(open_orders: int | None, held_units: int | None) -> None:
    shop, soap = shop_with(open_orders=open_orders, held_units=held_units)

    for _ in range(20):
        shop.checkout((soap, 5))

    assert shop.on_shelf(soap) == (100, 100)


# The store


def test_a_checkout_that_collided_is_done_over(shop: Shop, soap: Variant) -> None:
    shop.store.collisions = 2

    shop.checkout((soap, 2))

    assert len(shop.orders) == 1
    assert shop.on_shelf(soap) == (10, 2)


def test_a_checkout_that_collides_again_and_again_is_refused_and_leaves_nothing(
    shop: Shop, soap: Variant
) -> None:
    shop.store.collisions = 4

    with pytest.raises(CollidedWork):
        shop.checkout((soap, 2))

    assert shop.orders == []


def test_without_the_store_nobody_is_asked_to_pay(shop: Shop, soap: Variant) -> None:
    shop.store.silent = True

    with pytest.raises(StoreUnavailable):
        shop.place_order(a_basket_of((soap, 1)), client=SHOPPER)

    shop.store.silent = False
    assert shop.orders == []
