"""Pages on which orders can be paid: opened, closed, looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from eterno.application.ports.payments import PaymentsUnavailable, SessionStatus
from eterno.domain.orders import Order
from tests.builders import a_line
from tests.contracts.tills import Till, placed

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


# Orders of all sizes


def test_an_order_of_one_piece_and_one_of_many_lines_can_both_be_paid(till: Till) -> None:
    for lines in ([a_line()], [a_line(id, 3) for id in range(1, 101)]):
        order = replace(placed(till), lines=tuple(lines))
        session = till.payments.open_session(order)
        till.pay(session.id)

        report = till.payments.close_session(session.id)

        assert report.amounts is not None
        assert report.amounts.subtotal == order.subtotal
