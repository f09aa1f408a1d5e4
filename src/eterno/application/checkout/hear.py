"""What becomes of an order when the payment service says how its session stands.

The one writer of "paid", for whoever brings the report: a notice, or our own question.
"""

from __future__ import annotations

from enum import StrEnum

from eterno.application.inventory import stock
from eterno.application.outbox.announce import announce
from eterno.application.ports.orders import LedgerEntry
from eterno.application.ports.payments import SessionReport, SessionStatus
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.events import OrderPaid, OrderQuestioned, PaymentFailed, StrayPayment
from eterno.domain.orders import Amounts, Order, OrderState, Payment, ReviewReason


class Outcome(StrEnum):
    """What came of a report."""

    PAID = "paid"
    PENDING = "pending"
    REVIEW = "review"
    FAILED = "failed"
    EXPIRED = "expired"
    NOTHING_NEW = "nothing_new"
    """The order already knew, or knew better."""
    STRAY = "stray"
    """Money for an order we do not know, or a second time for a paid one: the owner is told."""
    UNKNOWN_ORDER = "unknown_order"
    REPORTED = "reported"
    """About something that only the owner can deal with: she is told."""
    IGNORED = "ignored"
    """About nothing that the shop follows."""
    REPEATED = "repeated"
    """This very notice was heard before."""


def hear(
    work: Work, ids: Ids, report: SessionReport, order: Order | None, *, notice_id: str
) -> Outcome:
    """Bring `order`, which this work holds, up to what the report says. Never moves it backward, so
    reports may come twice, late and in any order, and the end is the same."""
    if report.status is SessionStatus.PAID:
        return _money(work, ids, report, order, notice_id)
    if order is None:
        return Outcome.UNKNOWN_ORDER
    if not order.is_about(report.session_id):
        return Outcome.NOTHING_NEW
    return _unpaid(work, ids, order, report)


def _money(
    work: Work, ids: Ids, report: SessionReport, order: Order | None, notice_id: str
) -> Outcome:
    if order is None:
        return _stray(work, ids, report, None, notice_id)
    if not order.can_become(OrderState.PAID):
        if order.session_id == report.session_id:
            return Outcome.NOTHING_NEW
        return _stray(work, ids, report, order, notice_id)
    payment = Payment(
        session_id=report.session_id,
        intent_id=report.intent_id,
        # Paid, but nobody says how much: nothing is no order's price, so the owner will look at it.
        amounts=report.amounts or Amounts.none(order.currency),
        at=report.at,
    )
    return _paid(work, ids, order.know(report.buyer), payment)


def _paid(work: Work, ids: Ids, order: Order, payment: Payment) -> Outcome:
    reason = order.misfit(payment)
    if reason is None and not stock.sell(work, order, work.now):
        reason = ReviewReason.STOCK_GONE
    if reason is None:
        settled = order.pay(payment, number=work.orders.next_number())
        announce(work, ids, OrderPaid(order_id=order.id))
    else:
        settled = order.question(payment, reason)
        announce(work, ids, OrderQuestioned(order_id=order.id))
    work.orders.save(settled)
    if settled.captured.minor:
        work.orders.record(
            LedgerEntry(
                order_id=order.id,
                amount=settled.captured,
                reference=payment.intent_id or payment.session_id,
                at=payment.at,
            )
        )
    return Outcome.PAID if reason is None else Outcome.REVIEW


def _unpaid(work: Work, ids: Ids, order: Order, report: SessionReport) -> Outcome:
    match report.status:
        case SessionStatus.PENDING if order.can_become(OrderState.PENDING):
            work.orders.save(order.know(report.buyer).await_funds(report.session_id))
            return Outcome.PENDING
        case SessionStatus.FAILED if order.can_become(OrderState.FAILED):
            stock.release(work, order)
            work.orders.save(order.know(report.buyer).fail())
            announce(work, ids, PaymentFailed(order_id=order.id))
            return Outcome.FAILED
        case SessionStatus.EXPIRED if order.can_become(OrderState.EXPIRED):
            stock.release(work, order)
            work.orders.save(order.expire())
            return Outcome.EXPIRED
        case _:
            return Outcome.NOTHING_NEW


def _stray(
    work: Work, ids: Ids, report: SessionReport, order: Order | None, notice_id: str
) -> Outcome:
    announce(
        work,
        ids,
        StrayPayment(
            notice_id=notice_id,
            session_id=report.session_id,
            amount=str(report.amounts.total) if report.amounts else "an unknown amount",
            order_id=order.id if order else None,
        ),
    )
    return Outcome.STRAY
