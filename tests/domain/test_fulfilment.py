from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain import fulfilment
from eterno.domain.errors import Invalid
from eterno.domain.fulfilment import FulfilmentPolicy, NotPossibleNow
from eterno.domain.orders import NEXT, SOLD, Order, OrderState, ReviewReason
from eterno.domain.parcels import MOST_PARCELS, Parcel
from eterno.domain.refunds import Refund, RefundState, RefundWish, wanted
from tests.builders import a_line, a_parcel, a_payment, an_order
from tests.support.clock import NOON


@pytest.fixture
def order() -> Order:
    """Paid: three of one soap, one of another."""
    order = an_order(a_line(1, 3), a_line(2, 1))
    return order.pay(a_payment(order), number=1001)


def questioned() -> Order:
    order = an_order()
    return order.question(a_payment(order), ReviewReason.STOCK_GONE)


# Making


def test_a_paid_order_is_made(order: Order) -> None:
    made = fulfilment.start_production(order)

    assert made.state is OrderState.IN_PRODUCTION
    assert fulfilment.start_production(made) == made


def test_what_nobody_paid_for_is_not_made() -> None:
    with pytest.raises(NotPossibleNow, match="awaiting cannot be put into production") as refusal:
        fulfilment.start_production(an_order())

    assert refusal.value.facts == {"state": "awaiting"}


# Sending


def test_an_order_in_one_parcel_is_shipped(order: Order) -> None:
    sent = fulfilment.ship(order, a_parcel({1: 3, 2: 1}))

    assert sent.state is OrderState.SHIPPED
    assert fulfilment.unsent(sent) == {}


def test_an_order_in_two_parcels_is_shipped_with_the_second(order: Order) -> None:
    first = fulfilment.ship(order, a_parcel({1: 2}, tracking="A"))
    assert first.state is OrderState.PAID
    assert fulfilment.unsent(first) == {1: 1, 2: 1}

    second = fulfilment.ship(first, a_parcel({1: 1, 2: 1}, tracking="B"))

    assert second.state is OrderState.SHIPPED
    assert [parcel.tracking for parcel in second.parcels] == ["A", "B"]


def refunded(order: Order, pieces: Mapping[int, int], **changes: Any) -> Refund:
    wish = RefundWish(pieces=pieces)
    refund = wanted(order, (), wish, id=uuid4(), at=NOON, by="rosa")
    return replace(refund, **changes)


def test_what_is_left_to_send_is_what_was_neither_sent_nor_refunded(order: Order) -> None:
    half = fulfilment.ship(order, a_parcel({1: 1}))
    back = refunded(order, {1: 1, 2: 1})

    assert fulfilment.to_send(order, ()) == {1: 3, 2: 1}
    assert fulfilment.to_send(order, [back]) == {1: 2}
    assert fulfilment.to_send(half, [back]) == {1: 1}
    assert fulfilment.to_send(half, [replace(back, state=RefundState.FAILED)]) == {1: 2, 2: 1}


def test_a_refund_of_what_was_sent_leaves_nothing_else_out(order: Order) -> None:
    sent = fulfilment.ship(order, a_parcel({1: 3}))

    assert fulfilment.to_send(sent, [refunded(order, {1: 3})]) == {2: 1}
    assert not fulfilment.is_all_sent(sent, [refunded(order, {1: 3})])
    assert fulfilment.is_all_sent(sent, [refunded(order, {2: 1})])
    assert not fulfilment.is_all_sent(order, [refunded(order, {1: 3, 2: 1})])


def test_with_the_last_parcel_the_rest_is_not_sent_at_all(order: Order) -> None:
    assert fulfilment.ship(order, a_parcel({1: 1}), last=True).state is OrderState.SHIPPED


def test_the_same_parcel_leaves_once(order: Order) -> None:
    sent = fulfilment.ship(order, a_parcel({1: 1}))

    assert fulfilment.ship(sent, a_parcel({1: 1})) == sent


def test_parcels_without_a_number_are_different_parcels(order: Order) -> None:
    sent = fulfilment.ship(order, a_parcel({1: 1}, tracking=None))

    assert len(fulfilment.ship(sent, a_parcel({1: 1}, tracking=None)).parcels) == 2


@pytest.mark.parametrize("contents", [{}, {1: 4}, {1: 0}, {1: -1}, {3: 1}, {1: 1, 2: 2}])
def test_only_what_is_there_can_be_sent(order: Order, contents: dict[int, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        fulfilment.ship(order, a_parcel(contents))

    assert refusal.value.faults[0].field == "lines"


def test_an_order_is_not_sent_in_any_number_of_parcels() -> None:
    order = an_order(a_line(1, 99))
    order = order.pay(a_payment(order), number=1)
    for n in range(MOST_PARCELS):
        order = fulfilment.ship(order, a_parcel({1: 1}, tracking=str(n)))

    with pytest.raises(Invalid, match="at most 50 parcels"):
        fulfilment.ship(order, a_parcel({1: 1}, tracking="one more"))


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "usps.com", "https://a b", 'https://x"y', "https://" + 500 * "x"],
)
def test_a_link_is_a_web_address(link: str) -> None:
    with pytest.raises(Invalid, match="link"):
        Parcel.packed(
            id=an_order().id, carrier="USPS", tracking=None, link=link, contents={1: 1}, at=NOON
        )


# In her hands


@pytest.mark.parametrize(
    "before",
    [
        lambda order: fulfilment.ship(order, a_parcel({1: 3, 2: 1})),
        lambda order: order,
        fulfilment.start_production,
    ],
    ids=["shipped", "fetched when paid", "fetched when made"],
)
def test_an_order_arrives_or_is_fetched(order: Order, before: Callable[[Order], Order]) -> None:
    delivered = fulfilment.deliver(before(order))

    assert delivered.state is OrderState.DELIVERED
    assert fulfilment.deliver(delivered) == delivered


def test_an_order_has_not_arrived_while_some_of_it_is_here(order: Order) -> None:
    with pytest.raises(NotPossibleNow, match="some of its pieces were not sent"):
        fulfilment.deliver(fulfilment.ship(order, a_parcel({1: 1})))


# Called off


@pytest.mark.parametrize("state", [an_order, questioned])
def test_what_was_not_sent_can_be_called_off(state: Callable[[], Order]) -> None:
    cancelled = fulfilment.cancel(state())

    assert (cancelled.state, cancelled.review) == (OrderState.CANCELLED, None)
    assert fulfilment.cancel(cancelled) == cancelled


def test_what_was_sent_can_not_be_called_off(order: Order) -> None:
    sent = fulfilment.ship(order, a_parcel({1: 1}))

    for gone in (sent, fulfilment.ship(sent, a_parcel({1: 2, 2: 1}))):
        with pytest.raises(NotPossibleNow, match="some of it was sent"):
            fulfilment.cancel(gone)
    with pytest.raises(NotPossibleNow, match="delivered cannot be cancelled"):
        fulfilment.cancel(fulfilment.deliver(order))


# Whatever is done

DEEDS: list[Callable[[Order], Order]] = [
    fulfilment.start_production,
    fulfilment.deliver,
    fulfilment.cancel,
    lambda order: fulfilment.ship(order, a_parcel({1: 1}, tracking=None)),
    lambda order: fulfilment.ship(order, a_parcel({1: 2})),
    lambda order: fulfilment.ship(order, a_parcel({2: 1}), last=True),
]


@given(st.lists(st.sampled_from(DEEDS), max_size=12))
def test_an_order_follows_its_table_and_sends_each_piece_at_most_once(
    deeds: list[Callable[[Order], Order]],
) -> None:
    order = an_order(a_line(1, 3), a_line(2, 1))
    order = order.pay(a_payment(order), number=1001)
    for deed in deeds:
        before = order
        try:
            order = deed(before)
        except (NotPossibleNow, Invalid):
            continue
        assert order.state is before.state or order.state in NEXT[before.state]
        assert order.captured == order.total
    assert all(quantity > 0 for quantity in fulfilment.unsent(order).values())
    assert order.state in {*SOLD, OrderState.CANCELLED}
    assert not (order.state is OrderState.CANCELLED and order.parcels)


# What is promised


def test_an_order_is_promised_for_the_last_day_of_the_production_window() -> None:
    assert FulfilmentPolicy().promise(NOON) == NOON + timedelta(days=14)
    assert FulfilmentPolicy(production_days=(1, 3)).promise(NOON) == NOON + timedelta(days=3)
