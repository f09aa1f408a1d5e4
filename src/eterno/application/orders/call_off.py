"""What it takes to cancel an order that this work holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eterno.application.access import audit
from eterno.application.inventory import stock
from eterno.application.orders.refund_order import note_refund
from eterno.application.orders.refunding import open_refund
from eterno.application.orders.tell import name_of, tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain import fulfilment
from eterno.domain.audit import Actor
from eterno.domain.events import OrderCancelled
from eterno.domain.history import EventKind
from eterno.domain.orders import SOLD, Order
from eterno.domain.refunds import Refund, RefundState, RefundWish, left_of, returnable, wanted


def call_off(work: Work, ids: Ids, order: Order, actor: Actor, reason: str) -> Order:
    """Give its stock back, ask for a refund of all that is left, and tell the buyer.

    Money that the buyer's bank has claimed is not given back as well. Already cancelled is fine.
    Raises `NotPossibleNow`.
    """
    cancelled = fulfilment.cancel(order)
    if cancelled == order:
        return order
    work.orders.save(cancelled)
    refunds = work.refunds.of(order.id)
    back = _refund(work, ids, order, cancelled, refunds, actor, reason)
    tell(
        work,
        order,
        EventKind.CANCELLED,
        {"was": order.state.value, "back": back.amount.minor if back else 0},
        actor=actor,
        words=reason,
    )
    audit.record(work, actor, "cancel order", name_of(order), before=order, after=cancelled)
    announce(work, ids, OrderCancelled(order_id=order.id, back=str(back.amount) if back else ""))
    _restock(work, order, refunds, actor)
    return work.orders.get(order.id)


def _refund(
    work: Work,
    ids: Ids,
    order: Order,
    cancelled: Order,
    refunds: Sequence[Refund],
    actor: Actor,
    reason: str,
) -> Refund | None:
    is_claimed = order.dispute is not None and order.dispute.claims_money
    if is_claimed or left_of(order, refunds).minor == 0:
        return None
    wish = RefundWish(reason=reason)
    refund = wanted(order, refunds, wish, id=ids.new(), at=work.now, by=actor.username)
    note_refund(work, actor, order, refund)
    return open_refund(work, ids, cancelled, refund, actor=actor)


def _restock(work: Work, order: Order, refunds: Sequence[Refund], actor: Actor) -> None:
    """All at once: refunds that wanted to put pieces back need not do so any more."""
    if order.state not in SOLD:
        stock.release(work, order)
        return
    waiting = [r for r in refunds if r.restock and r.state is RefundState.PENDING]
    for refund in waiting:
        work.refunds.save(replace(refund, restock=False))
    settled = [refund for refund in refunds if refund not in waiting]
    stock.take_back(work, order, returnable(order, settled), actor=actor.username)
