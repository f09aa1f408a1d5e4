from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentsUnavailable,
    RefundRefused,
    RefundReport,
    SessionReport,
    SessionStatus,
)
from eterno.domain.disputes import DisputeState
from eterno.domain.orders import Order
from eterno.domain.refunds import RefundState
from tests.builders import a_line, an_order
from tests.contracts.tills import Till, a_refund_request, placed


@pytest.fixture
def order(till: Till) -> Order:
    return an_order(a_line(1, 2, "8.99"), a_line(2, 1, "5.00"), at=till.clock.now())


@pytest.fixture
def session(till: Till, order: Order) -> str:
    return till.payments.open_session(order).id


def the_report(till: Till) -> SessionReport:
    """That of the only notice in the post."""
    (report,) = reports(till)
    return report


def reports(till: Till) -> list[SessionReport]:
    read = [till.payments.read_notice(*sealed).report for sealed in till.post()]
    return [report for report in read if report is not None]


# Opening


def test_a_session_has_a_page_with_an_absolute_address(till: Till, order: Order) -> None:
    session = till.payments.open_session(order)

    assert session.id
    assert urlsplit(session.url).scheme in ("http", "https")
    assert urlsplit(session.url).netloc


def test_the_same_order_and_attempt_give_the_same_session_however_often_asked(
    till: Till, order: Order
) -> None:
    session = till.payments.open_session(order)
    till.clock.advance(timedelta(minutes=5))

    assert till.payments.open_session(order) == session
    assert till.payments.open_session(order) == session


def test_another_attempt_is_another_session(till: Till, order: Order) -> None:
    session = till.payments.open_session(order)

    other = till.payments.open_session(order.try_again(order.pay_by))

    assert other.id != session.id
    assert other.url != session.url


def test_another_order_is_another_session(till: Till, order: Order) -> None:
    other = till.payments.open_session(placed(till))

    assert other.id != till.payments.open_session(order).id


def test_a_session_can_be_paid_until_the_orders_deadline(till: Till, session: str) -> None:
    till.clock.advance(timedelta(minutes=30, seconds=59))
    till.pay(session)

    assert till.payments.close_session(session).status is SessionStatus.PAID


def test_a_session_can_not_be_paid_after_the_orders_deadline(till: Till, session: str) -> None:
    till.clock.advance(timedelta(minutes=31))
    till.pay(session)

    assert till.payments.close_session(session).status is SessionStatus.EXPIRED


def test_a_silent_service_opens_nothing(till: Till, order: Order) -> None:
    till.fall_silent()

    with pytest.raises(PaymentsUnavailable) as silence:
        till.payments.open_session(order)
    assert not silence.value.lasting


# Closing


def test_a_closed_session_is_expired_and_nothing_was_paid(
    till: Till, order: Order, session: str
) -> None:
    report = till.payments.close_session(session)

    assert (report.session_id, report.order_token) == (session, order.token)
    assert report.status is SessionStatus.EXPIRED
    assert (report.amounts, report.intent_id, report.buyer) == (None, None, None)


def test_a_closed_session_can_no_longer_be_paid(till: Till, session: str) -> None:
    till.payments.close_session(session)

    till.pay(session)
    till.complete_later(session)

    assert till.payments.close_session(session).status is SessionStatus.EXPIRED


def test_a_session_that_was_paid_stays_paid(till: Till, order: Order, session: str) -> None:
    till.pay(session)

    report = till.payments.close_session(session)

    assert report.status is SessionStatus.PAID
    assert report.amounts is not None
    assert report.amounts.subtotal == order.subtotal
    assert report.intent_id
    assert report.buyer == till.buyer


def test_a_session_whose_money_is_on_its_way_stays_so(till: Till, session: str) -> None:
    till.complete_later(session)
    till.clock.advance(timedelta(days=3))

    assert till.payments.close_session(session).status is SessionStatus.PENDING
    till.arrive(session)
    assert till.payments.close_session(session).status is SessionStatus.PAID


def test_a_session_whose_money_never_came_has_failed(till: Till, session: str) -> None:
    till.complete_later(session)
    till.fail(session)

    assert till.payments.close_session(session).status is SessionStatus.FAILED


def test_closing_twice_says_the_same(till: Till, session: str) -> None:
    assert till.payments.close_session(session) == till.payments.close_session(session)


def test_of_a_silent_service_nothing_is_known(till: Till, session: str) -> None:
    till.fall_silent()

    with pytest.raises(PaymentsUnavailable):
        till.payments.close_session(session)


def test_a_session_that_nobody_knows_can_not_be_paid(till: Till) -> None:
    for report in (till.payments.close_session("cs_1"), till.payments.look_at("cs_1")):
        assert report.session_id == "cs_1"
        assert report.status is SessionStatus.EXPIRED
        assert (report.order_token, report.amounts, report.intent_id) == (None, None, None)


# Looking


def test_looking_at_a_session_leaves_it_as_it_is(till: Till, order: Order, session: str) -> None:
    report = till.payments.look_at(session)

    assert report.status is SessionStatus.OPEN
    assert (report.session_id, report.order_token) == (session, order.token)
    assert (report.amounts, report.intent_id, report.buyer) == (None, None, None)
    till.pay(session)
    assert till.payments.look_at(session).status is SessionStatus.PAID


def test_looking_says_what_closing_says_of_a_session_that_is_over(till: Till, order: Order) -> None:
    for move in ("pay", "complete_later", "fail", "arrive", "expire"):
        order = order.try_again(order.pay_by)
        session = till.payments.open_session(order).id
        if move in ("fail", "arrive"):
            till.complete_later(session)
        getattr(till, move)(session)

        assert till.payments.look_at(session) == till.payments.close_session(session)


def test_a_session_whose_time_is_over_looks_expired(till: Till, session: str) -> None:
    till.clock.advance(timedelta(minutes=31))

    assert till.payments.look_at(session).status is SessionStatus.EXPIRED


def test_a_silent_service_can_not_be_looked_at(till: Till, session: str) -> None:
    till.fall_silent()

    with pytest.raises(PaymentsUnavailable):
        till.payments.look_at(session)


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


# Orders of all sizes


def test_an_order_of_one_piece_and_one_of_many_lines_can_both_be_paid(till: Till) -> None:
    for lines in ([a_line()], [a_line(id, 3) for id in range(1, 101)]):
        order = replace(placed(till), lines=tuple(lines))
        session = till.payments.open_session(order)
        till.pay(session.id)

        report = till.payments.close_session(session.id)

        assert report.amounts is not None
        assert report.amounts.subtotal == order.subtotal


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
