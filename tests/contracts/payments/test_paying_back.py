"""What there is at the payment service, and giving money back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.application.ports.payments import (
    PaymentsUnavailable,
    RefundRefused,
    RefundReport,
    SessionReport,
)
from eterno.domain.disputes import DisputeState
from eterno.domain.orders import Order
from eterno.domain.refunds import RefundState
from tests.contracts.payments.deeds import reports, the_report
from tests.contracts.tills import Till, a_refund_request, placed

# What there is


def test_the_payments_since_then_are_those_that_arrived(till: Till, session: str) -> None:
    late = till.payments.open_session(placed(till)).id
    till.payments.open_session(placed(till))
    till.complete_later(late)
    till.pay(session)
    since = till.clock.now()

    (report,) = till.payments.payments(since)
    assert report == replace(the_first(reports(till), session), at=report.at)

    till.clock.advance(timedelta(minutes=1))
    till.arrive(late)
    assert {it.session_id for it in till.payments.payments(since)} == {session, late}
    assert till.payments.payments(till.clock.now()) == []


def the_first(reports: list[SessionReport], session: str) -> SessionReport:
    return next(report for report in reports if report.session_id == session)


def test_of_a_silent_service_no_payments_refunds_and_disputes_are_known(till: Till) -> None:
    till.fall_silent()

    for question in (till.payments.payments, till.payments.refunds, till.payments.disputes):
        with pytest.raises(PaymentsUnavailable):
            question(till.clock.now())


def test_the_disputes_begun_since_then_stand_as_they_stand(till: Till, session: str) -> None:
    till.pay(session)
    since = till.clock.now()
    till.dispute(session)
    (asked,) = till.payments.disputes(since)
    assert asked.intent_id == till.payments.look_at(session).intent_id
    assert asked.dispute.state is DisputeState.NEEDS_RESPONSE

    till.clock.advance(timedelta(minutes=1))
    till.lose(session)

    (lost,) = till.payments.disputes(since)
    assert (lost.intent_id, lost.dispute.id) == (asked.intent_id, asked.dispute.id)
    assert lost.dispute.amount == asked.dispute.amount
    assert lost.dispute.state is DisputeState.LOST
    assert till.payments.disputes(till.clock.now()) == []


# Giving money back


@pytest.fixture
def intent(till: Till, session: str) -> str:
    """The payment of 22.98 and perhaps delivery. Its notice has been read."""
    till.pay(session)
    intent = the_report(till).intent_id
    assert intent
    return intent


def refunds(till: Till) -> list[RefundReport]:
    read = [till.payments.read_notice(*sealed).refund for sealed in till.post()]
    return [refund for refund in read if refund is not None]


def test_money_goes_back_the_way_it_came(till: Till, order: Order, intent: str) -> None:
    request = a_refund_request(order, intent, 899)

    report = till.payments.refund(request)

    assert report.provider_id
    assert (report.refund_id, report.intent_id) == (request.id, intent)
    assert (report.amount, report.status) == (request.amount, RefundState.SUCCEEDED)


def test_the_same_request_pays_once_however_often_and_however_late(
    till: Till, order: Order, intent: str
) -> None:
    request = a_refund_request(order, intent, 1500)
    first = till.payments.refund(request)
    till.clock.advance(timedelta(days=3))

    for _ in range(3):
        assert till.payments.refund(request).provider_id == first.provider_id
    assert {refund.provider_id for refund in refunds(till)} == {first.provider_id}


def test_the_service_tells_of_a_refund_too(till: Till, order: Order, intent: str) -> None:
    report = till.payments.refund(a_refund_request(order, intent, 899))

    told = refunds(till)
    assert told
    assert all(
        (t.provider_id, t.refund_id, t.intent_id, t.amount, t.status)
        == (report.provider_id, report.refund_id, intent, report.amount, RefundState.SUCCEEDED)
        for t in told
    )


def test_the_refunds_since_then_stand_as_they_stand(till: Till, order: Order, intent: str) -> None:
    since = till.clock.now()
    made = till.payments.refund(a_refund_request(order, intent, 899))
    till.clock.advance(timedelta(minutes=1))

    assert till.payments.refunds(till.clock.now()) == []
    (found,) = till.payments.refunds(since)
    assert replace(found, at=made.at) == made


def test_a_payment_goes_back_in_parts_up_to_what_it_was(
    till: Till, order: Order, intent: str
) -> None:
    till.payments.refund(a_refund_request(order, intent, 1500))
    till.payments.refund(a_refund_request(order, intent, 798))

    with pytest.raises(RefundRefused):
        till.payments.refund(a_refund_request(order, intent, 1500))


def test_what_was_never_paid_does_not_go_back(till: Till, order: Order) -> None:
    with pytest.raises((RefundRefused, PaymentsUnavailable)):
        till.payments.refund(a_refund_request(order, "pi_nobody's", 1))


def test_a_refund_that_has_a_name_is_asked_after_and_never_made_again(
    till: Till, order: Order, intent: str
) -> None:
    made = till.payments.refund(request := a_refund_request(order, intent, 899))
    named = replace(request, provider_id=made.provider_id)

    assert till.payments.refund(named).provider_id == made.provider_id
    assert {refund.provider_id for refund in refunds(till)} == {made.provider_id}


def test_what_was_refused_is_refused_again(till: Till, order: Order, intent: str) -> None:
    request = a_refund_request(order, intent, 99_999)
    for _ in range(2):
        with pytest.raises(RefundRefused):
            till.payments.refund(request)

    assert refunds(till) == []


def test_a_silent_service_does_not_say_whether_it_paid(
    till: Till, order: Order, intent: str
) -> None:
    till.fall_silent()

    with pytest.raises(PaymentsUnavailable):
        till.payments.refund(a_refund_request(order, intent, 899))
