"""One work: all of it happens, or nothing."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, timedelta
from threading import Barrier, BrokenBarrierError

import pytest

from eterno.application.ports.store import CollidedWork, Store, StoreUnavailable, Work
from eterno.domain.admins import Admin
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order, OrderState
from tests.builders import place, put_on_sale
from tests.contracts.conftest import Bench
from tests.contracts.race import A_MOMENT, at_once


class Trouble(Exception):
    pass


def add_rosa(work: Work) -> None:
    work.admins.add(Admin(id=work.admins.next_id(), username="rosa", password_hash="hash"))


def is_known(store: Store) -> bool:
    with store.begin() as work:
        return work.admins.find("rosa") is not None


def test_what_a_work_did_is_there_when_it_is_over(store: Store) -> None:
    with store.begin() as work:
        add_rosa(work)

    assert is_known(store)


def test_a_work_sees_what_it_did_itself(store: Store) -> None:
    with store.begin() as work:
        add_rosa(work)

        assert work.admins.find("rosa")


@pytest.mark.parametrize("trouble", [Trouble, KeyboardInterrupt])
def test_of_a_work_that_failed_nothing_is_left(store: Store, trouble: type[BaseException]) -> None:
    soap = put_on_sale(store)

    def fail() -> None:
        with store.begin() as work:
            add_rosa(work)
            place(work, (soap, 2))
            raise trouble

    with pytest.raises(trouble):
        fail()

    assert not is_known(store)
    with store.begin() as work:
        assert work.shelves.hold([soap.id])[soap.id].reserved == 0
        assert work.orders.open_of(["203.0.113.7"])["203.0.113.7"].orders == 0


def test_after_a_work_that_failed_the_next_one_succeeds(store: Store) -> None:
    for _ in range(20):
        with pytest.raises(Trouble), store.begin():
            raise Trouble

    with store.begin() as work:
        add_rosa(work)
    assert is_known(store)


def test_what_was_not_saved_did_not_happen(store: Store, soap: Variant) -> None:
    with store.begin() as work:
        order = place(work, (soap, 1))
    with store.begin() as work:
        held = work.orders.hold(order.id)
        assert held.expire() != held

    with store.begin() as work:
        assert work.orders.get(order.id) == order


def test_nobody_sees_a_work_half_done(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        order = place(work, (soap, 3))

        assert bench.orders.latest() == []
        assert bench.window.product(soap.product_id).variants[0].available == 10

    assert bench.orders.latest() == [order]
    assert bench.window.product(soap.product_id).variants[0].available == 7


def test_the_store_has_a_clock_of_its_own_in_utc(store: Store) -> None:
    with store.begin() as work:
        assert work.now.utcoffset() == timedelta(0)
        assert work.now.astimezone(UTC) == work.now


def test_during_a_work_it_is_always_now(bench: Bench) -> None:
    with bench.store.begin() as work:
        before = work.now
        bench.advance(timedelta(hours=1))
        assert work.now == before

    with bench.store.begin() as work:
        assert work.now - before >= timedelta(hours=1)


def test_later_works_are_later(bench: Bench) -> None:
    moments = []
    for _ in range(3):
        with bench.store.begin() as work:
            moments.append(work.now)

    assert moments == sorted(moments)


def test_a_silent_store_begins_nothing(silent_store: Store) -> None:
    def ask() -> None:
        with silent_store.begin() as work:
            work.admins.count()

    with pytest.raises(StoreUnavailable):
        ask()


def test_of_two_works_in_each_others_way_at_least_one_is_done_and_the_other_did_nothing(
    store: Store, soap: Variant
) -> None:
    with store.begin() as work:
        orders = [place(work, (soap, 1)), place(work, (soap, 1))]
    halfway = Barrier(2)

    def expire(first: Order, second: Order) -> list[OrderState]:
        """What it was told that they were before."""
        with store.begin() as work:
            one = work.orders.hold(first.id)
            with suppress(BrokenBarrierError):  # where works come one after the other
                halfway.wait(A_MOMENT)
            other = work.orders.hold(second.id)
            for order in (one, other):
                if order.state is OrderState.AWAITING:
                    work.orders.save(order.expire())
            return [one.state, other.state]

    def outcome(first: Order, second: Order) -> list[OrderState] | None:
        try:
            return expire(first, second)
        except CollidedWork:
            return None

    outcomes = at_once(lambda: outcome(*orders), lambda: outcome(*reversed(orders)))

    assert [OrderState.AWAITING] * 2 in outcomes
    assert outcomes.count([OrderState.AWAITING] * 2) == 1
    with store.begin() as work:
        assert {work.orders.get(order.id).state for order in orders} == {OrderState.EXPIRED}


def test_a_store_that_takes_changes_says_so_and_goes_on_taking_them(store: Store) -> None:
    with store.begin() as work:
        work.check_fitness()
        add_rosa(work)

    assert is_known(store)


def test_fitness_cannot_be_asked_of_a_silent_store(silent_store: Store) -> None:
    def ask() -> None:
        with silent_store.begin() as work:
            work.check_fitness()

    with pytest.raises(StoreUnavailable):
        ask()
