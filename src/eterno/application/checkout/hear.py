"""What becomes of an order when the payment service says how its session stands.

The one writer of "paid", for whoever brings the report: a notice, or our own question.
"""

from __future__ import annotations

from eterno.application.checkout.late_payment import decide
from eterno.application.checkout.outcome import Outcome
from eterno.application.inventory import stock
from eterno.application.orders.sequels import hear_sequels, said_before
from eterno.application.orders.tell import tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.orders import Entry, LedgerEntry
from eterno.application.ports.payments import SessionReport, SessionStatus
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.events import OrderPaid, PaymentFailed, PaymentPending, StrayPayment
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind, facts_of_review, facts_of_sale
from eterno.domain.orders import Order, OrderState, ReviewReason
from eterno.domain.payments import Amounts, Payment

__all__ = ["Outcome", "hear"]


def hear(
    work: Work,
    ids: Ids,
    report: SessionReport,
    order: Order | None,
    *,
    notice_id: str,
    policy: FulfilmentPolicy,
) -> Outcome:
    """Bring `order`, which this work holds, up to what the report says. Never moves it backward, so
    reports may come twice, late and in any order, and the end is the same."""
    if report.status is SessionStatus.PAID:
        return _money(work, ids, report, order, notice_id, policy)
    if order is None:
        return Outcome.UNKNOWN_ORDER
    if not order.is_about(report.session_id):
        return Outcome.NOTHING_NEW
    return _unpaid(work, ids, order, report)


def _money(
    work: Work,
    ids: Ids,
    report: SessionReport,
    order: Order | None,
    notice_id: str,
    policy: FulfilmentPolicy,
) -> Outcome:
    if order is None:
        return _stray(work, ids, report, None, notice_id)
    if order.paid_at is not None or not order.can_become(OrderState.PAID):
        if order.paid_at is not None and order.session_id == report.session_id:
            return Outcome.NOTHING_NEW
        return _stray(work, ids, report, order, notice_id)
    return _paid(work, ids, report, order.know(report.buyer), notice_id, policy)


def _paid(
    work: Work,
    ids: Ids,
    report: SessionReport,
    order: Order,
    notice_id: str,
    policy: FulfilmentPolicy,
) -> Outcome:
    payment = Payment(
        session_id=report.session_id,
        intent_id=report.intent_id,
        # Paid, but nobody says how much: nothing is no order's price, so the owner will look at it.
        amounts=report.amounts or Amounts.none(order.currency),
        at=report.at,
    )
    sequels = said_before(work, report.intent_id)
    reason = order.misfit(payment)
    if reason is None and not stock.sell(work, order, work.now):
        reason = ReviewReason.STOCK_GONE
    if reason is None:
        settled = order.pay(
            payment,
            number=work.orders.next_number(),
            promised_by=policy.promise(payment.at),
        )
        tell(work, settled, EventKind.PAID, facts_of_sale(settled))
        announce(work, ids, OrderPaid(order_id=order.id))
    else:
        settled = order.question(payment, reason)
        tell(work, settled, EventKind.REVIEW, facts_of_review(settled))
    work.orders.save(settled)
    if settled.captured.minor:
        work.orders.record(
            LedgerEntry(
                order_id=order.id,
                amount=settled.captured,
                reference=report.intent_id or report.session_id,
                at=report.at,
                kind=Entry.CAPTURE,
            )
        )
    hear_sequels(work, ids, order.id, sequels)
    if reason is not None:
        decide(work, ids, work.orders.get(order.id), notice_id, policy)
    return Outcome.PAID if reason is None else Outcome.REVIEW


def _unpaid(work: Work, ids: Ids, order: Order, report: SessionReport) -> Outcome:
    match report.status:
        case SessionStatus.PENDING if order.can_become(OrderState.PENDING):
            work.orders.save(order.know(report.buyer).await_funds(report.session_id))
            tell(work, order, EventKind.PENDING)
            announce(work, ids, PaymentPending(order_id=order.id))
            return Outcome.PENDING
        case SessionStatus.FAILED if order.can_become(OrderState.FAILED):
            stock.release(work, order)
            work.orders.save(order.know(report.buyer).fail())
            tell(work, order, EventKind.FAILED)
            announce(work, ids, PaymentFailed(order_id=order.id))
            return Outcome.FAILED
        case SessionStatus.EXPIRED if order.can_become(OrderState.EXPIRED):
            stock.release(work, order)
            work.orders.save(order.expire())
            tell(work, order, EventKind.EXPIRED)
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
