"""What the owner's day begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from eterno.adapters.postgres.office_desk import PostgresOfficeDesk
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.office import ShownNotice
from eterno.application.ports.payments import FraudWarning
from eterno.application.ports.store import Store
from eterno.domain import fulfilment
from eterno.domain.catalog import Variant
from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.orders import Order, ReviewReason
from tests.builders import a_parcel, a_payment, place, put_on_sale, usd
from tests.contracts.conftest import Bench

A_DAY = timedelta(days=1)
Change = Callable[[Order], Order]


def order(store: Store, soap: Variant, *changes: Change) -> Order:
    """One piece of soap, and what became of it."""
    with store.begin() as work:
        placed = place(work, (soap, 1))
    for change in changes:
        with store.begin() as work:
            work.orders.save(change(work.orders.hold(placed.id)))
    with store.begin() as work:
        return work.orders.get(placed.id)


def paid(number: int, *, promised_in: int | None = None) -> Change:
    def pay(order: Order) -> Order:
        payment = a_payment(order, session_id=f"cs_{number}", intent_id=f"pi_{number}")
        promised_by = None if promised_in is None else order.created_at + promised_in * A_DAY
        return order.pay(payment, number=number, promised_by=promised_by)

    return pay


def shipped(order: Order) -> Order:
    return fulfilment.ship(order, a_parcel(order.quantities))


def disputed(state: DisputeState) -> Change:
    dispute = Dispute(
        id=f"du_{state}", state=state, amount=usd("8.99"), reason="fraudulent", due_by=None
    )
    return lambda order: replace(order, dispute=dispute)


def suspect(order: Order) -> Order:
    return replace(order, fraud_warning=True)


def questioned(order: Order) -> Order:
    payment = a_payment(order, session_id="cs_q", intent_id="pi_q")
    return order.question(payment, ReviewReason.STOCK_GONE)


def test_what_is_sold_and_not_sent_waits_in_the_order_of_its_promise(
    bench: Bench, soap: Variant
) -> None:
    store = bench.store
    later = order(store, soap, paid(1, promised_in=9))
    unpromised = order(store, soap, paid(2))
    sooner = order(store, soap, paid(3, promised_in=2), fulfilment.start_production)
    order(store, soap)
    order(store, soap, paid(4, promised_in=1), shipped)
    order(store, soap, paid(5, promised_in=1), fulfilment.cancel)
    order(store, soap, questioned)

    assert list(bench.office.unfinished()) == [sooner, later, unpromised]
    assert list(bench.office.unfinished(most=1)) == [sooner]


def test_an_order_of_which_a_part_was_sent_still_waits(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        placed = place(work, (soap, 2))
    with bench.store.begin() as work:
        held = paid(1, promised_in=3)(work.orders.hold(placed.id))
        work.orders.save(held)
    with bench.store.begin() as work:
        held = fulfilment.ship(work.orders.hold(placed.id), a_parcel({soap.id: 1}))
        work.orders.save(held)

    assert list(bench.office.unfinished()) == [held]


def test_in_question_is_what_the_owner_or_a_bank_must_decide_the_oldest_first(
    bench: Bench, soap: Variant
) -> None:
    store = bench.store
    asked = order(store, soap, paid(1), disputed(DisputeState.NEEDS_RESPONSE))
    bench.advance(A_DAY)
    in_review = order(store, soap, questioned)
    bench.advance(A_DAY)
    looked_at = order(store, soap, paid(2), shipped, disputed(DisputeState.UNDER_REVIEW))
    for number, state in enumerate((DisputeState.WON, DisputeState.LOST, DisputeState.CLOSED), 3):
        order(store, soap, paid(number), disputed(state))
    order(store, soap, paid(9))

    assert list(bench.office.in_question()) == [asked, in_review, looked_at]
    assert list(bench.office.in_question(most=2)) == [asked, in_review]


def test_an_order_paid_with_a_suspect_card_is_in_question_until_it_is_sent(
    bench: Bench, soap: Variant
) -> None:
    store = bench.store
    to_make = order(store, soap, paid(1), suspect)
    bench.advance(A_DAY)
    to_send = order(store, soap, paid(2), suspect, fulfilment.start_production)
    order(store, soap, paid(3), suspect, shipped)
    order(store, soap, paid(4), suspect, fulfilment.cancel)

    assert list(bench.office.in_question()) == [to_make, to_send]


def heard(
    store: Store,
    id: str,
    outcome: str | None,
    order: Order | None = None,
    *,
    intent_id: str | None = None,
) -> ShownNotice:
    with store.begin() as work:
        work.inbox.receive(id, "checkout.session.completed", work.now)
        if intent_id:
            work.inbox.keep(id, intent_id, FraudWarning(intent_id=intent_id))
        if outcome:
            work.inbox.close(id, outcome, work.now, order.id if order else None)
        return ShownNotice(
            id=id,
            kind="checkout.session.completed",
            received_at=work.now,
            outcome=outcome,
            order_id=order.id if order else None,
        )


def test_notices_are_shown_with_what_came_of_them_the_newest_first(
    bench: Bench, soap: Variant
) -> None:
    of_an_order = heard(bench.store, "evt_1", "paid", order(bench.store, soap))
    bench.advance(A_DAY)
    astray = heard(bench.store, "evt_2", "stray")
    bench.advance(A_DAY)
    open_ = heard(bench.store, "evt_3", None)

    desk = bench.office
    assert list(desk.notices()) == [open_, astray, of_an_order]
    assert list(desk.notices(most=1)) == [open_]
    assert list(desk.notices(outcomes={"stray", "paid"})) == [astray, of_an_order]
    assert list(desk.notices(since=astray.received_at)) == [open_, astray]
    assert list(desk.notices(outcomes={"paid"}, since=astray.received_at)) == []
    assert list(desk.notices(outcomes=set())) == []


def test_some_notices_are_wanted_only_where_they_are_about_no_order(
    bench: Bench, soap: Variant
) -> None:
    heard(bench.store, "evt_1", "reported", order(bench.store, soap))
    bench.advance(A_DAY)
    orphan = heard(bench.store, "evt_2", "reported", intent_id="pi_nobody's")
    bench.advance(A_DAY)
    astray = heard(bench.store, "evt_3", "stray", order(bench.store, soap))
    heard(bench.store, "evt_4", "paid")

    def found(**terms: Any) -> list[ShownNotice]:
        return list(bench.office.notices(outcomes={"stray"}, about_no_order={"reported"}, **terms))

    assert found() == [astray, orphan]
    assert found(most=1) == found(since=astray.received_at) == [astray]


def test_a_notice_that_came_before_its_payment_is_about_that_order(
    bench: Bench, soap: Variant
) -> None:
    early = heard(bench.store, "evt_1", "reported", intent_id="pi_1")
    assert list(bench.office.notices(outcomes=(), about_no_order={"reported"})) == [early]

    known = order(bench.store, soap, paid(1))

    assert list(bench.office.notices(outcomes=(), about_no_order={"reported"})) == []
    assert list(bench.office.notices()) == [replace(early, order_id=known.id)]


def test_an_empty_shop_has_nothing_to_do(bench: Bench) -> None:
    assert list(bench.office.unfinished()) == list(bench.office.in_question()) == []
    assert list(bench.office.notices()) == []


@pytest.mark.parametrize("orders", [1, 6])
def test_a_full_desk_costs_no_more_questions_than_a_small_one(
    database_uri: str, orders: int
) -> None:
    store = PostgresStore(database_uri)
    soap = put_on_sale(store)
    for number in range(orders):
        order(store, soap, paid(number + 1, promised_in=number))
    desk = PostgresOfficeDesk(store)
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    assert len(desk.unfinished()) == orders
    desk.in_question()
    desk.notices()

    assert len(asked) == 2 + 2 + 1
    store.close()
