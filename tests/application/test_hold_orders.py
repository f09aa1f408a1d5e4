"""Several buyers at the same moment, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from unittest.mock import patch

import pytest

from eterno.adapters.memory.orders import MemoryOrders
from eterno.adapters.memory.stock import MemoryShelves
from eterno.application.checkout.hold_orders import (
    CheckoutPolicy,
    Earlier,
    HoldOrders,
    Wish,
)
from eterno.application.ports.store import AlreadyThere
from eterno.domain.basket import PriceChanged
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound, Refusal, TooMany
from eterno.domain.history import EventKind
from eterno.domain.inventory import OutOfStock, Shelf, Shortage
from eterno.domain.orders import Order
from tests.application.shop import Shop
from tests.builders import a_basket, a_basket_of, put_on_sale


def hold_orders(shop: Shop, **policy: int) -> HoldOrders:
    limits = replace(CheckoutPolicy(), **policy)  # type: ignore[arg-type]
    return HoldOrders(shop.store, shop.ids, limits)


def wish(*wanted: tuple[Variant, int], client: str = "she", key: str | None = None) -> Wish:
    return Wish(basket=a_basket_of(*wanted), client=client, key=key)


def kinds(outcomes: Iterable[Order | Earlier | Refusal]) -> list[type]:
    return [type(outcome) for outcome in outcomes]


def test_everyone_gets_what_she_wants_in_one_transaction(shop: Shop, soap: Variant) -> None:
    rose = put_on_sale(shop.store, pieces=5)
    before = shop.store.commits

    she, he = hold_orders(shop)([wish((soap, 2)), wish((soap, 1), (rose, 5), client="he")])

    assert isinstance(she, Order)
    assert isinstance(he, Order)
    assert shop.orders == [she, he]
    assert (she.quantities, he.quantities) == ({soap.id: 2}, {soap.id: 1, rose.id: 5})
    assert (shop.on_shelf(soap), shop.on_shelf(rose)) == ((10, 3), (5, 5))
    assert shop.history == [EventKind.PLACED, EventKind.PLACED]
    assert shop.store.commits == before + 1


def test_who_comes_first_gets_the_last_pieces(shop: Shop) -> None:
    few = put_on_sale(shop.store, pieces=3)

    outcomes = hold_orders(shop)([wish((few, 2)), wish((few, 2)), wish((few, 1)), wish((few, 1))])

    assert kinds(outcomes) == [Order, OutOfStock, Order, OutOfStock]
    _, second, _, last = outcomes
    assert isinstance(second, OutOfStock)
    assert isinstance(last, OutOfStock)
    assert second.lines == (Shortage(few.id, 2, 1),)
    assert last.lines == (Shortage(few.id, 1, 0),)
    assert shop.on_shelf(few) == (3, 3)


def test_what_one_cannot_have_is_not_kept_from_the_others(shop: Shop) -> None:
    """Of a basket that lacks one soap nothing is taken, of its other soaps neither."""
    few, none = put_on_sale(shop.store, pieces=1), put_on_sale(shop.store, pieces=0)

    outcomes = hold_orders(shop)([wish((few, 1), (none, 1)), wish((few, 1))])

    assert kinds(outcomes) == [OutOfStock, Order]


def test_each_refusal_is_her_own(shop: Shop, soap: Variant) -> None:
    unknown = Wish(basket=a_basket((999, 1, "1.00")), client="she")
    cheaper = Wish(basket=a_basket((soap.id, 1, "0.50")), client="she")

    outcomes = hold_orders(shop)([unknown, wish((soap, 1)), cheaper])

    assert kinds(outcomes) == [NotFound, Order, PriceChanged]
    assert shop.on_shelf(soap) == (10, 1)


def test_where_nobody_can_be_served_nothing_is_written(shop: Shop) -> None:
    none = put_on_sale(shop.store, pieces=0)

    assert kinds(hold_orders(shop)([wish((none, 1)), wish((none, 1))])) == [OutOfStock] * 2
    assert shop.orders == []


def test_limits_count_what_the_same_client_has_just_got(shop: Shop, soap: Variant) -> None:
    outcomes = hold_orders(shop, open_orders=2, held_units=5)(
        [
            wish((soap, 3)),
            wish((soap, 3)),  # too many pieces
            wish((soap, 1), client="he"),
            wish((soap, 2)),
            wish((soap, 1)),  # too many orders
        ]
    )

    assert kinds(outcomes) == [Order, TooMany, Order, Order, TooMany]


def test_an_order_that_was_refused_does_not_count(shop: Shop, soap: Variant) -> None:
    few = put_on_sale(shop.store, pieces=1)

    outcomes = hold_orders(shop, open_orders=1)([wish((few, 2)), wish((soap, 1))])

    assert kinds(outcomes) == [OutOfStock, Order]


def test_who_has_ordered_already_is_told_so_even_when_nothing_is_left(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 10), key="k-1")

    earlier, other = hold_orders(shop)([wish((soap, 10), key="k-1"), wish((soap, 1), key="k-2")])

    assert earlier == Earlier(shop.order)
    assert isinstance(other, OutOfStock)


def test_one_key_twice_at_the_same_moment_is_one_order(shop: Shop, soap: Variant) -> None:
    first, again, other = hold_orders(shop)(
        [wish((soap, 1), key="k"), wish((soap, 1), key="k"), wish((soap, 2))]
    )

    assert isinstance(first, Order)
    assert again == Earlier(first)
    assert shop.orders == [first, other]
    assert shop.on_shelf(soap) == (10, 3)


def test_an_order_that_came_under_one_of_the_keys_in_the_last_moment_undoes_it_all(
    shop: Shop, soap: Variant
) -> None:
    shop.checkout((soap, 1), key="k")

    too_early: list[dict[str, Order]] = [{}]
    look = MemoryOrders.find_by_keys

    def look_too_early(orders: MemoryOrders, keys: Iterable[str]) -> Mapping[str, Order]:
        return too_early.pop() if too_early else look(orders, keys)

    with (
        patch.object(MemoryOrders, "find_by_keys", look_too_early),
        pytest.raises(AlreadyThere),
    ):
        hold_orders(shop)([wish((soap, 1)), wish((soap, 1), key="k")])

    assert shop.on_shelf(soap) == (10, 1)


def test_when_somebody_took_the_last_pieces_in_the_last_moment_nothing_was_done(
    shop: Shop, soap: Variant
) -> None:
    """What was seen when the work began is a look; the shelf itself has the last word."""
    hold = MemoryShelves.hold

    def hold_less(shelves: MemoryShelves, ids: Iterable[int]) -> Mapping[int, Shelf]:
        return {id: replace(shelf, reserved=8) for id, shelf in hold(shelves, ids).items()}

    with patch.object(MemoryShelves, "hold", hold_less), pytest.raises(OutOfStock) as refusal:
        hold_orders(shop)([wish((soap, 2)), wish((soap, 1))])

    assert refusal.value.lines == (Shortage(soap.id, 3, 2),)
    assert shop.orders == []
    assert shop.on_shelf(soap) == (10, 0)
