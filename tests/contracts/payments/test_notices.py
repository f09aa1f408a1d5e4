"""What the payment service tells, and what of it was missed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentsUnavailable,
    SessionStatus,
)
from eterno.domain.disputes import DisputeState
from eterno.domain.orders import Order
from tests.contracts.payments.deeds import reports, the_report
from tests.contracts.tills import Till

# Notices


def test_the_service_tells_of_a_payment(till: Till, order: Order, session: str) -> None:
    till.pay(session)

    report = the_report(till)

    assert report.status is SessionStatus.PAID
    assert (report.session_id, report.order_token) == (session, order.token)
    assert report.intent_id
    assert report.buyer == till.buyer
    assert report.at == till.clock.now()


def test_a_payment_pays_for_the_order(till: Till, order: Order, session: str) -> None:
    till.pay(session)

    amounts = the_report(till).amounts

    assert amounts is not None
    assert amounts.subtotal == order.subtotal
    assert amounts.adds_up
    assert amounts.total == order.subtotal + amounts.shipping


def test_the_service_tells_of_money_on_its_way_and_of_its_arrival(
    till: Till, order: Order, session: str
) -> None:
    till.complete_later(session)
    promise = the_report(till)
    till.clock.advance(timedelta(days=1))
    till.arrive(session)
    payment = the_report(till)

    assert [promise.status, payment.status] == [SessionStatus.PENDING, SessionStatus.PAID]
    assert promise.session_id == payment.session_id == session
    assert promise.intent_id == payment.intent_id
    assert promise.buyer == payment.buyer == till.buyer
    assert payment.amounts is not None
    assert payment.at - promise.at == timedelta(days=1)


def test_the_service_tells_of_money_that_never_came(till: Till, session: str) -> None:
    till.complete_later(session)
    till.fail(session)

    assert [report.status for report in reports(till)] == [
        SessionStatus.PENDING,
        SessionStatus.FAILED,
    ]


def test_the_service_tells_of_a_session_that_expired(
    till: Till, order: Order, session: str
) -> None:
    till.expire(session)

    report = the_report(till)

    assert report.status is SessionStatus.EXPIRED
    assert (report.order_token, report.amounts) == (order.token, None)


def test_a_notice_says_how_it_was_then_also_when_it_is_read_much_later(
    till: Till, session: str
) -> None:
    till.pay(session)
    paid_at = till.clock.now()
    till.clock.advance(timedelta(days=2))

    assert the_report(till).at == paid_at


def test_every_notice_has_an_id_of_its_own_and_a_kind(till: Till, session: str) -> None:
    till.complete_later(session)
    till.arrive(session)

    first, second = (till.payments.read_notice(*sealed) for sealed in till.post())

    assert first.id != second.id
    assert first.kind == "checkout.session.completed"
    assert second.kind == "checkout.session.async_payment_succeeded"


def test_a_notice_read_twice_says_the_same(till: Till, session: str) -> None:
    till.pay(session)
    (sealed,) = till.post()

    assert till.payments.read_notice(*sealed) == till.payments.read_notice(*sealed)


def test_what_the_shop_does_not_follow_is_read_without_a_report(till: Till) -> None:
    till.say("customer.created")

    (sealed,) = till.post()
    notice = till.payments.read_notice(*sealed)

    assert (notice.kind, notice.report) == ("customer.created", None)


def test_a_warning_names_the_payment(till: Till, session: str) -> None:
    till.pay(session)
    intent = the_report(till).intent_id
    till.warn(session)

    (sealed,) = till.post()
    notice = till.payments.read_notice(*sealed)

    assert (notice.kind, notice.report) == ("radar.early_fraud_warning.created", None)
    assert notice.warning == FraudWarning(intent_id=intent)


def test_a_dispute_says_what_is_asked_back_and_until_when(till: Till, session: str) -> None:
    till.pay(session)
    report = the_report(till)
    assert report.amounts
    till.dispute(session)

    (sealed,) = till.post()
    notice = till.payments.read_notice(*sealed)

    assert notice.dispute
    assert notice.dispute.intent_id == report.intent_id
    assert notice.dispute.dispute.state is DisputeState.NEEDS_RESPONSE
    assert notice.dispute.dispute.amount == report.amounts.total
    assert notice.dispute.dispute.due_by == till.clock.now() + timedelta(days=7)


def test_reading_a_notice_asks_nobody(till: Till, session: str) -> None:
    till.pay(session)
    post = till.post()
    till.fall_silent()

    assert [till.payments.read_notice(*sealed).kind for sealed in post] == [
        "checkout.session.completed"
    ]


def test_what_the_service_did_not_sign_is_forged(till: Till, session: str) -> None:
    till.pay(session)
    ((body, signature),) = till.post()

    forgeries = [
        (body + b" ", signature),
        (body.replace(b"evt", b"evx"), signature),
        (b"", signature),
        (body, ""),
        (body, signature[:-1]),
        (body, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
        (body, "t=1,v1=0"),
        (body, "caf\u00e9 \ud800"),
    ]
    for forgery in forgeries:
        with pytest.raises(ForgedNotice):
            till.payments.read_notice(*forgery)


def test_what_was_signed_too_long_ago_is_forged(till: Till, session: str) -> None:
    till.pay(session)
    (sealed,) = till.post()

    till.clock.advance(timedelta(minutes=5))
    till.payments.read_notice(*sealed)
    till.clock.advance(timedelta(seconds=1))
    with pytest.raises(ForgedNotice):
        till.payments.read_notice(*sealed)


# Missed notices


def missed(till: Till, *, since: timedelta = timedelta(hours=48)) -> list[str]:
    return sorted(notice.id for notice in till.payments.missed_notices(till.clock.now() - since))


def test_what_was_not_delivered_is_missed_and_says_the_same(till: Till, session: str) -> None:
    till.complete_later(session)
    till.arrive(session)

    found = till.payments.missed_notices(till.clock.now() - timedelta(hours=48))
    delivered = [till.payments.read_notice(*sealed) for sealed in till.post()]

    assert sorted(found, key=lambda notice: notice.id) == sorted(
        delivered, key=lambda notice: notice.id
    )
    assert len(delivered) == 2


def test_what_was_delivered_is_not_missed(till: Till, session: str) -> None:
    till.pay(session)
    for sealed in till.post():
        till.payments.read_notice(*sealed)

    assert missed(till) == []


def test_what_was_missed_long_ago_is_left_alone(till: Till, session: str) -> None:
    till.pay(session)
    till.clock.advance(timedelta(hours=48))
    assert len(missed(till)) == 1

    till.clock.advance(timedelta(seconds=1))
    assert missed(till) == []


def test_many_are_missed_when_nobody_was_there_for_long(till: Till, order: Order) -> None:
    for _ in range(120):
        order = order.try_again(order.pay_by)
        till.pay(till.payments.open_session(order).id)

    assert len(missed(till)) == 120


def test_of_a_silent_service_it_is_not_known_what_was_missed(till: Till) -> None:
    till.fall_silent()

    with pytest.raises(PaymentsUnavailable):
        till.payments.missed_notices(till.clock.now())
