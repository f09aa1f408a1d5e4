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
from eterno.domain.errors import Conflict
from eterno.domain.events import OrderCancelled
from eterno.domain.history import EventKind
from eterno.domain.orders import SOLD, Order
from eterno.domain.refunds import Refund, RefundState, RefundWish, left_of, returnable, wanted


class NotCounted(Conflict):
    """Money came for the order that its ledger cannot count, so the shop cannot give it back."""

    code = "not_counted"


def call_off(
    work: Work,
    ids: Ids,
    order: Order,
    actor: Actor | None,
    reason: str,
    *,
    is_settled: bool = False,
) -> Order:
    """Give its stock back, ask for a refund of all that is left, and tell the buyer.

    Money that the buyer's bank has claimed is not given back as well. Already cancelled is fine.
    Without an `actor` it is the shop's own policy. Raises `NotPossibleNow`, and `NotCounted` unless
    the owner says that money which the shop cannot give back itself `is_settled`.
    """
    if order.has_uncounted_money and not is_settled:
        raise NotCounted(
            "The shop cannot count this money: give it back at the payment service first, then"
            " close the review"
        )
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
    if actor:
        audit.record(work, actor, "cancel order", name_of(order), before=order, after=cancelled)
    kept = "elsewhere" if is_settled else "claimed" if _is_claimed(order) else ""
    news = OrderCancelled(order_id=order.id, back=str(back.amount) if back else "", kept=kept)
    announce(work, ids, news)
    _restock(work, order, refunds, actor)
    return work.orders.get(order.id)


def _refund(
    work: Work,
    ids: Ids,
    order: Order,
    cancelled: Order,
    refunds: Sequence[Refund],
    actor: Actor | None,
    reason: str,
) -> Refund | None:
    if _is_claimed(order) or left_of(order, refunds).minor == 0:
        return None
    by = actor.username if actor else None
    wish = RefundWish(reason=reason)
    refund = wanted(order, refunds, wish, id=ids.new(), at=work.now, by=by)
    if actor:
        note_refund(work, actor, order, refund)
    return open_refund(work, ids, cancelled, refund, actor=actor)


def _is_claimed(order: Order) -> bool:
    return order.dispute is not None and order.dispute.claims_money


def _restock(work: Work, order: Order, refunds: Sequence[Refund], actor: Actor | None) -> None:
    """All at once: refunds that wanted to put pieces back need not do so any more."""
    if order.state not in SOLD:
        stock.release(work, order)
        return
    waiting = [r for r in refunds if r.restock and r.state is RefundState.PENDING]
    for refund in waiting:
        work.refunds.save(replace(refund, restock=False))
    settled = [refund for refund in refunds if refund not in waiting]
    by = actor.username if actor else None
    stock.take_back(work, order, returnable(order, settled), actor=by)
