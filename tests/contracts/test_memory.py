"""Where the fakes are stricter than the real things, to find mistakes early."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.adapters.memory.payments import MemoryPayments, Trouble
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import BrokenRule
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.application.ports.store import Work
from tests.builders import a_line, add_category, an_order, place, put_on_sale
from tests.contracts.test_admins import add
from tests.support.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def memory(clock: FixedClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
def payments(clock: FixedClock) -> MemoryPayments:
    return MemoryPayments(clock)


def test_a_work_within_a_work_is_a_bug_and_not_a_deadlock(memory: MemoryStore) -> None:
    with memory.begin(), pytest.raises(RuntimeError, match="within a work"):
        memory.begin().__enter__()

    with memory.begin() as work:
        assert work.admins.count() == 0


def test_an_order_is_held_before_it_is_changed(memory: MemoryStore) -> None:
    soap = put_on_sale(memory)
    with memory.begin() as work:
        order = place(work, (soap, 1))

    with pytest.raises(BrokenRule, match="held"), memory.begin() as work:
        work.orders.save(work.orders.get(order.id).expire())


def test_what_was_ordered_stays_as_it_was(memory: MemoryStore) -> None:
    soap = put_on_sale(memory)
    with memory.begin() as work:
        order = place(work, (soap, 1))

    with pytest.raises(BrokenRule, match="stays as it was"), memory.begin() as work:
        work.orders.save(replace(work.orders.hold(order.id), lines=(a_line(quantity=5),)))


def test_a_shelf_is_held_before_it_is_changed(memory: MemoryStore) -> None:
    soap = put_on_sale(memory)
    with memory.begin() as work:
        shelf = work.shelves.hold([soap.id])[soap.id]

    with pytest.raises(BrokenRule, match="held"), memory.begin() as work:
        work.shelves.save([shelf.reserve(1)])


def test_an_admin_is_held_before_she_is_changed(memory: MemoryStore) -> None:
    rosa = add(memory, "rosa")

    with pytest.raises(BrokenRule, match="held"), memory.begin() as work:
        work.admins.save(rosa.disable())


def test_a_shelf_that_is_held_exists(memory: MemoryStore) -> None:
    with pytest.raises(BrokenRule, match="exists"), memory.begin() as work:
        work.shelves.hold([999])


def test_what_is_sold_is_held_before_it_is_changed(memory: MemoryStore) -> None:
    soap, gifts = put_on_sale(memory), add_category(memory)
    with memory.begin() as work:
        product = work.products.hold(soap.product_id)
    changes: list[Callable[[Work], object]] = [
        lambda work: work.variants.save(soap.archive()),
        lambda work: work.variants.remove(soap.id),
        lambda work: work.products.save(product.archive()),
        lambda work: work.products.remove(product.id),
        lambda work: work.categories.save(gifts),
        lambda work: work.categories.remove(gifts.id),
    ]
    for change in changes:
        with pytest.raises(BrokenRule, match="held"), memory.begin() as work:
            change(work)


def test_a_variant_stays_its_products(memory: MemoryStore) -> None:
    soap, other = put_on_sale(memory), put_on_sale(memory)

    with pytest.raises(BrokenRule, match="stays"), memory.begin() as work:
        work.variants.save(replace(work.variants.hold(soap.id), product_id=other.product_id))


def test_who_keeps_a_work_can_no_longer_write(memory: MemoryStore) -> None:
    soap = put_on_sale(memory)
    with memory.begin() as kept:
        pass

    place(kept, (soap, 1))

    assert memory.tables.orders == {}


def test_an_attempt_is_repeated_with_the_same_parameters(payments: MemoryPayments) -> None:
    order = an_order()
    payments.open_session(order)

    with pytest.raises(BrokenRule, match="same parameters"):
        payments.open_session(replace(order, pay_by=order.pay_by + timedelta(minutes=1)))


def test_a_session_is_asked_for_with_half_an_hour_to_live(
    payments: MemoryPayments, clock: FixedClock
) -> None:
    order = an_order()
    clock.advance(timedelta(minutes=1, seconds=1))

    with pytest.raises(BrokenRule, match="30 minutes"):
        payments.open_session(order)


def test_a_lasting_failure_stays_until_another_attempt(payments: MemoryPayments) -> None:
    order = an_order()
    payments.trouble = Trouble.LASTING
    with pytest.raises(PaymentsUnavailable):
        payments.open_session(order)
    payments.trouble = None

    with pytest.raises(PaymentsUnavailable) as failure:
        payments.open_session(order)

    assert failure.value.lasting
    assert payments.open_session(order.try_again(order.pay_by)).url
