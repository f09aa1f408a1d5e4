from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from eterno.domain.orders import Order
from eterno.domain.refunds import Refund, RefundLine, RefundState
from tests.builders import a_payment, place, usd
from tests.contracts.conftest import Bench
from tests.contracts.race import rivals


@pytest.fixture
def order(store: Store, soap: Variant) -> Order:
    """Of two soaps, paid."""
    with store.begin() as work:
        order = place(work, (soap, 2))
        order = order.pay(a_payment(order), number=work.orders.next_number())
        work.orders.save(order)
    return order


def a_refund(order: Order, **changes: Any) -> Refund:
    refund = Refund(
        id=uuid4(),
        order_id=order.id,
        amount=usd("8.99"),
        shipping=usd("0"),
        tax=usd("0"),
        requested_at=order.created_at,
    )
    return replace(refund, **changes)


def add(store: Store, *refunds: Refund) -> None:
    with store.begin() as work:
        for refund in refunds:
            work.refunds.add(refund)


def look(store: Store, refund: Refund) -> Refund:
    with store.begin() as work:
        return work.refunds.get(refund.id)


def test_a_refund_is_kept_as_it_was_asked_for(store: Store, order: Order, soap: Variant) -> None:
    refund = a_refund(
        order,
        amount=usd("15.00"),
        shipping=usd("4.50"),
        tax=usd("1.51"),
        lines=(RefundLine(variant_id=soap.id, quantity=1, amount=usd("8.99")),),
        restock=True,
        reason="broken \N{BAR OF SOAP}",
        key="k-1",
        wish="fingerprint",
        requested_by="rosa",
    )
    add(store, refund, a_refund(order))

    assert look(store, refund) == refund


def test_how_a_refund_stands_is_kept(store: Store, order: Order) -> None:
    refund = a_refund(order, restock=True)
    add(store, refund)
    for state in RefundState:
        refund = replace(refund.hear(state, order.created_at, "re_1"), restock=False)
        with store.begin() as work:
            work.orders.hold(order.id)
            work.refunds.save(refund)

        assert look(store, refund) == refund


def test_a_refund_nobody_asked_for_is_not_found(store: Store, order: Order) -> None:
    unknown = uuid4()

    with store.begin() as work, pytest.raises(NotFound, match=f"Refund {unknown} not found"):
        work.refunds.get(unknown)


def test_the_refunds_of_an_order_are_told_as_they_were_asked_for(
    store: Store, soap: Variant, order: Order
) -> None:
    with store.begin() as work:
        other = place(work, (soap, 1))
    refunds = [
        a_refund(order, id=UUID(int=n), requested_at=order.created_at + timedelta(seconds=s))
        for n, s in ((3, 0), (1, 1), (2, 1))
    ]
    add(store, *reversed(refunds), a_refund(other))

    with store.begin() as work:
        assert list(work.refunds.of(order.id)) == refunds
        assert list(work.refunds.of(uuid4())) == []


def test_who_holds_the_order_counts_all_its_refunds(store: Store, order: Order) -> None:
    def count() -> int:
        with store.begin() as work:
            work.orders.hold(order.id)
            return len(work.refunds.of(order.id))

    with rivals() as start:
        with store.begin() as work:
            work.orders.hold(order.id)
            rival = start(count)
            rival.must_wait()
            work.refunds.add(a_refund(order))

        assert rival.result() == 1


def test_a_key_belongs_to_one_refund_of_an_order(bench: Bench, soap: Variant, order: Order) -> None:
    with bench.store.begin() as work:
        other = place(work, (soap, 1))
    add(bench.store, a_refund(order, key="k-1"), a_refund(other, key="k-1"), a_refund(order))

    with pytest.raises(bench.broken_rule):
        add(bench.store, a_refund(order, key="k-1"))


def test_the_services_own_name_belongs_to_one_refund(bench: Bench, order: Order) -> None:
    add(bench.store, a_refund(order, provider_id="re_1"))

    with pytest.raises(bench.broken_rule):
        add(bench.store, a_refund(order, provider_id="re_1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": usd("0")},
        {"amount": usd("-1")},
        {"shipping": usd("9.00")},
        {"shipping": usd("8.00"), "tax": usd("1.00")},
        {"state": RefundState.SUCCEEDED},
        {"order_id": uuid4()},
    ],
    ids=["nothing", "less", "all and more delivery", "more parts", "done at no time", "no order"],
)
def test_no_refund_is_impossible(bench: Bench, order: Order, changes: dict[str, Any]) -> None:
    with pytest.raises(bench.broken_rule):
        add(bench.store, a_refund(order, **changes))


# The order it belongs to


def test_an_order_is_held_by_what_it_was_paid_with(store: Store, order: Order) -> None:
    def hold() -> Order | None:
        with store.begin() as work:
            return work.orders.hold_by_intent("pi_1")

    with rivals() as start:
        with store.begin() as work:
            held = work.orders.hold_by_intent("pi_1")
            assert held == order
            rival = start(hold)
            rival.must_wait()
            work.orders.save(replace(held, captured=held.captured, refunded=usd("1")))

        seen = rival.result()
        assert seen is not None
        assert seen.refunded == usd("1")


@pytest.mark.parametrize("intent", ["", "pi_2", "%"])
def test_what_nobody_paid_with_holds_nothing(store: Store, order: Order, intent: str) -> None:
    with store.begin() as work:
        assert work.orders.hold_by_intent(intent) is None


def test_refunds_that_wait_are_found_the_longest_waiting_first(store: Store, order: Order) -> None:
    then = order.created_at
    waiting = [
        a_refund(order, requested_at=then + timedelta(minutes=minutes)) for minutes in (2, 0, 1)
    ]
    done = a_refund(order, state=RefundState.SUCCEEDED, done_at=then)
    failed = a_refund(order, state=RefundState.FAILED)
    add(store, *waiting, done, failed)

    with store.begin() as work:
        found = work.refunds.pending(then + timedelta(minutes=2), most=9)
        assert list(found) == [waiting[1].id, waiting[2].id]
        assert list(work.refunds.pending(then + timedelta(hours=1), most=1)) == [waiting[1].id]
