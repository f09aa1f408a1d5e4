"""Money that came after the pieces were sold to somebody else."""

from __future__ import annotations

from eterno.application.orders.accept import accept
from eterno.application.orders.call_off import call_off
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Work
from eterno.application.ports.system import Ids
from eterno.domain.events import OrderQuestioned, PaymentAlerted
from eterno.domain.fulfilment import FulfilmentPolicy, LatePayment
from eterno.domain.orders import Order, ReviewReason
from eterno.domain.refunds import left_of

PAID_TOO_LATE = "paid after its pieces were sold"


def decide(work: Work, ids: Ids, order: Order, notice_id: str, policy: FulfilmentPolicy) -> None:
    """Do with an order that has just come into review what the policy says, and tell both sides.
    What is no mere lateness is always the owner's to decide."""
    late = policy.late_payment
    if order.review is not ReviewReason.STOCK_GONE or late is LatePayment.REVIEW:
        announce(work, ids, OrderQuestioned(order_id=order.id))
        return
    has_gone_back = order.captured.minor and not left_of(order, work.refunds.of(order.id)).minor
    if late is LatePayment.BACKORDER and not has_gone_back:
        accept(work, ids, order, None, PAID_TOO_LATE, policy)
    else:
        call_off(work, ids, order, None, PAID_TOO_LATE)
    announce(
        work,
        ids,
        PaymentAlerted(
            notice_id=notice_id,
            kind="late payment",
            order_id=order.id,
            intent_id=order.intent_id,
            amount=str(order.captured),
        ),
    )
