"""The two ends of a refund: asking for it, and how it came out. Whoever calls holds the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.orders import Entry, LedgerEntry
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid
from eterno.domain.events import RefundFailed, RefundRequested, RefundSucceeded
from eterno.domain.fulfilment import is_all_sent
from eterno.domain.history import EventKind, facts_of_refund
from eterno.domain.orders import SOLD, Order, OrderState
from eterno.domain.refunds import Refund, RefundState, returnable

BY_HAND = "by hand"
"""The reference of money that did not go through the payment service."""
NOT_RESTOCKED = "the pieces of a refund were not put back on the shelf: full, or already back"


def open_refund(
    work: Work, ids: Ids, order: Order, refund: Refund, *, actor: Actor | None = None
) -> Refund:
    """Write the refund down, and ask for it soon. One of an order that was paid by hand is given
    back by hand: it has succeeded."""
    work.refunds.add(refund)
    tell(
        work,
        order,
        EventKind.REFUND_REQUESTED,
        facts_of_refund(refund),
        actor=actor,
        words=refund.reason,
    )
    if refund.provider_id is not None:
        return refund
    if order.intent_id is None:
        return settle(work, ids, order, refund, RefundState.SUCCEEDED, work.now)
    announce(work, ids, RefundRequested(order_id=order.id, refund_id=refund.id))
    return refund


def settle(
    work: Work,
    ids: Ids,
    order: Order,
    refund: Refund,
    state: RefundState,
    at: datetime,
    provider_id: str | None = None,
) -> Refund:
    """Bring the refund up to what is said of it, and with it ledger, order and shelves. Hearing the
    same again, or what it was before, changes nothing."""
    heard = refund.hear(state, at, provider_id)
    if heard == refund:
        return refund
    work.refunds.save(heard)
    if heard.state is RefundState.SUCCEEDED and refund.state is not RefundState.SUCCEEDED:
        _succeed(work, ids, order, heard)
    if heard.state is RefundState.FAILED and refund.state is not RefundState.FAILED:
        _fail(work, ids, order, heard, was=refund.state, at=at)
    return work.refunds.get(heard.id)


def _succeed(work: Work, ids: Ids, order: Order, refund: Refund) -> None:
    work.orders.save(replace(order, refunded=order.refunded + refund.amount))
    _enter(work, refund, Entry.REFUND, refund.done_at or work.now)
    tell(work, order, EventKind.REFUND_SUCCEEDED, facts_of_refund(refund))
    announce(work, ids, RefundSucceeded(order_id=order.id, amount=str(refund.amount)))
    _end(work, work.orders.get(order.id))
    if refund.restock:
        _restock(work, order, refund)


def _end(work: Work, order: Order) -> None:
    """The pieces that were not sent yet may be those whose money went back: then it is shipped."""
    if is_all_sent(order, work.refunds.of(order.id)):
        work.orders.save(order.become(OrderState.SHIPPED))
        tell(work, order, EventKind.SHIPPED)


def _restock(work: Work, order: Order, refund: Refund) -> None:
    """Put its pieces back on the shelf. The money is gone whatever the shelves say: if one is full,
    or the pieces came back in another way meanwhile, that is noted instead."""
    others = [other for other in work.refunds.of(order.id) if other.id != refund.id]
    here = returnable(order, others) if order.state in SOLD else {}
    try:
        if any(quantity > here.get(id, 0) for id, quantity in refund.pieces.items()):
            raise Invalid.field("restock", "these pieces came back already")
        stock.take_back(work, order, refund.pieces, actor=refund.requested_by)
    except Invalid:
        work.refunds.save(replace(refund, restock=False))
        tell(work, order, EventKind.NOTE, words=NOT_RESTOCKED)


def _fail(
    work: Work, ids: Ids, order: Order, refund: Refund, *, was: RefundState, at: datetime
) -> None:
    if was is RefundState.SUCCEEDED:
        work.orders.save(replace(order, refunded=order.refunded - refund.amount))
        _enter(work, refund, Entry.RETURN, at)
    tell(
        work,
        order,
        EventKind.REFUND_FAILED,
        {**facts_of_refund(refund), "was": was.value, "failed_at": at.isoformat()},
    )
    announce(work, ids, RefundFailed(order_id=order.id, amount=str(refund.amount)))


def _enter(work: Work, refund: Refund, kind: Entry, at: datetime) -> None:
    work.orders.record(
        LedgerEntry(
            order_id=refund.order_id,
            amount=refund.amount * (-1 if kind is Entry.REFUND else 1),
            reference=refund.provider_id or BY_HAND,
            at=at,
            kind=kind,
        )
    )
