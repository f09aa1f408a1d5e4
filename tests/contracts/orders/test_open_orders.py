"""Orders that wait for money: overdue, unsettled, and how many a client has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from eterno.application.ports.orders import OpenCheckouts
from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order, OrderState, ReviewReason
from tests.builders import a_payment, place, put_on_sale
from tests.contracts.conftest import Bench
from tests.contracts.orders.deeds import change, paid
from tests.contracts.race import rivals

CLIENT = "203.0.113.7"


# Overdue


def test_overdue_are_those_past_their_deadline_the_longest_waiting_first(
    bench: Bench, soap: Variant
) -> None:
    with bench.store.begin() as work:
        later, sooner, never = (
            place(work, (soap, 1), pay_by=work.now + timedelta(minutes=minutes))
            for minutes in (20, 10, 60)
        )
    bench.advance(timedelta(minutes=31))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == [sooner.id, later.id]
        assert list(work.orders.overdue(work.now, most=1)) == [sooner.id]
        assert never.state is OrderState.AWAITING


def test_nothing_is_overdue_before_its_time(bench: Bench, order: Order) -> None:
    bench.advance(timedelta(minutes=30, seconds=30))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == []


@pytest.mark.parametrize(
    "end", [Order.expire, Order.fail, paid(1001), lambda order: order.await_funds("cs_1")]
)
def test_only_orders_that_await_their_buyer_are_overdue(
    bench: Bench, order: Order, end: Callable[[Order], Order]
) -> None:
    change(bench.store, order, end)
    bench.advance(timedelta(days=1))

    with bench.store.begin() as work:
        assert list(work.orders.overdue(work.now, most=10)) == []


# Unsettled


def test_unsettled_are_those_that_hold_pieces_for_a_buyer_the_oldest_first(
    bench: Bench, soap: Variant
) -> None:
    with bench.store.begin() as work:
        older = place(work, (soap, 1))
    bench.advance(timedelta(minutes=5))
    with bench.store.begin() as work:
        newer = place(work, (soap, 1))
    change(bench.store, newer, lambda order: order.await_funds("cs_1"))
    bench.advance(timedelta(minutes=5))

    with bench.store.begin() as work:
        unsettled = work.orders.unsettled
        assert list(unsettled(work.now, most=10)) == [older.id, newer.id]
        assert list(unsettled(work.now, most=1)) == [older.id]
        assert list(unsettled(work.now - timedelta(minutes=8), most=10)) == [older.id]
        assert list(unsettled(work.now - timedelta(minutes=20), most=10)) == []


@pytest.mark.parametrize("end", [Order.expire, Order.fail, paid(1001)])
def test_an_order_that_was_decided_is_settled(
    bench: Bench, order: Order, end: Callable[[Order], Order]
) -> None:
    change(bench.store, order, end)
    bench.advance(timedelta(days=1))

    with bench.store.begin() as work:
        assert list(work.orders.unsettled(work.now, most=10)) == []


# Open checkouts of one client


def test_open_checkouts_are_counted_with_their_pieces(store: Store, soap: Variant) -> None:
    other = put_on_sale(store)
    with store.begin() as work:
        place(work, (soap, 2), (other, 3))
        place(work, (soap, 1))
        place(work, (soap, 4), client="198.51.100.1")

    with store.begin() as work:
        assert work.orders.open_of(["nobody", CLIENT, "198.51.100.1"]) == {
            CLIENT: OpenCheckouts(orders=2, units=6),
            "198.51.100.1": OpenCheckouts(orders=1, units=4),
            "nobody": OpenCheckouts(orders=0, units=0),
        }


def test_money_on_its_way_still_holds_pieces_and_everything_decided_does_not(
    store: Store, soap: Variant
) -> None:
    ends: list[Callable[[Order], Order]] = [
        lambda order: order.await_funds("cs_9"),
        Order.expire,
        Order.fail,
        paid(1001),
        lambda order: order.question(
            a_payment(order, session_id="cs_2", intent_id="pi_2"), ReviewReason.STOCK_GONE
        ),
    ]
    for end in ends:
        with store.begin() as work:
            order = place(work, (soap, 1))
        change(store, order, end)

    with store.begin() as work:
        assert work.orders.open_of([CLIENT]) == {CLIENT: OpenCheckouts(orders=1, units=1)}


def test_a_client_who_asks_twice_at_once_is_answered_one_after_the_other(
    store: Store, soap: Variant
) -> None:
    def count() -> OpenCheckouts:
        with store.begin() as work:
            return work.orders.open_of([CLIENT])[CLIENT]

    with rivals() as start:
        with store.begin() as work:
            assert work.orders.open_of([CLIENT])[CLIENT].orders == 0
            rival = start(count)
            rival.must_wait()
            place(work, (soap, 2))

        assert rival.result() == OpenCheckouts(orders=1, units=2)
