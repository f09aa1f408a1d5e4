"""Money goes back to the buyer."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.orders.hear_refund import hear_refund
from eterno.application.orders.refunding import settle
from eterno.application.ports.payments import (
    Payments,
    RefundRefused,
    RefundReport,
    RefundRequest,
)
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.refunds import RefundState


class PayBack:
    """The outbox's reaction to a refund that was asked for.

    The payment service is asked with no transaction open, under the refund's own id, so asking once
    more after a crash or a silence pays nothing twice. One that it refuses for good has failed.
    """

    def __init__(self, store: Store, payments: Payments, ids: Ids) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids

    def __call__(self, task: Task) -> None:
        """Raises `PaymentsUnavailable`."""
        refund_id = UUID(task.facts["refund_id"])
        request = self._request(refund_id)
        if request is None:
            return
        try:
            report = self._payments.refund(request)
        except RefundRefused:
            again(lambda: self._give_up(refund_id))
        else:
            again(lambda: self._hear(refund_id, report))

    def _request(self, refund_id: UUID) -> RefundRequest | None:
        with self._store.begin() as work:
            refund = work.refunds.get(refund_id)
            order = work.orders.get(refund.order_id)
        if refund.state is not RefundState.PENDING or order.intent_id is None:
            return None
        return RefundRequest(
            id=refund.id,
            order_token=order.token,
            intent_id=order.intent_id,
            amount=refund.amount,
        )

    def _hear(self, refund_id: UUID, report: RefundReport) -> None:
        with self._store.begin() as work:
            order = work.orders.hold(work.refunds.get(refund_id).order_id)
            hear_refund(work, self._ids, report, order)

    def _give_up(self, refund_id: UUID) -> None:
        with self._store.begin() as work:
            order = work.orders.hold(work.refunds.get(refund_id).order_id)
            refund = work.refunds.get(refund_id)
            settle(work, self._ids, order, refund, RefundState.FAILED, work.now)
