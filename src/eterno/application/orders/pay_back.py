"""Money goes back to the buyer."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.outcome import Outcome
from eterno.application.orders.hear_refund import hear_refund
from eterno.application.orders.refunding import settle
from eterno.application.outbox.announce import announce
from eterno.application.outbox.deliver import ATTEMPTS
from eterno.application.ports.payments import (
    Payments,
    PaymentsUnavailable,
    RefundRefused,
    RefundReport,
    RefundRequest,
)
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.events import PaymentAlerted
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
        """Raises `PaymentsUnavailable`. When this was the last attempt the owner is told; the shop
        goes on asking with every `Reconcile`."""
        refund_id = UUID(task.facts["refund_id"])
        try:
            self.ask(refund_id)
        except PaymentsUnavailable:
            if task.attempts >= ATTEMPTS:
                again(lambda: self._alert(refund_id))
            raise

    def ask(self, refund_id: UUID) -> Outcome:
        """Ask the payment service how the refund stands, and for it, if it was not made yet.

        Twice is harmless. Raises `PaymentsUnavailable`, or `OutOfTurn`.
        """
        request = self._request(refund_id)
        if request is None:
            return Outcome.NOTHING_NEW
        try:
            report = self._payments.refund(request)
        except RefundRefused:
            return again(lambda: self._give_up(refund_id))
        return again(lambda: self._hear(refund_id, report))

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
            provider_id=refund.provider_id,
        )

    def _hear(self, refund_id: UUID, report: RefundReport) -> Outcome:
        with self._store.begin() as work:
            order = work.orders.hold(work.refunds.get(refund_id).order_id)
            return hear_refund(work, self._ids, report, order)

    def _give_up(self, refund_id: UUID) -> Outcome:
        """Unless it was made while we asked, and is refused only because it was: then the payment
        service has told of it, and goes on telling."""
        with self._store.begin() as work:
            order = work.orders.hold(work.refunds.get(refund_id).order_id)
            refund = work.refunds.get(refund_id)
            if refund.provider_id is not None:
                return Outcome.NOTHING_NEW
            settle(work, self._ids, order, refund, RefundState.FAILED, work.now)
            return Outcome.REFUND

    def _alert(self, refund_id: UUID) -> None:
        with self._store.begin() as work:
            refund = work.refunds.get(refund_id)
            order = work.orders.get(refund.order_id)
            alert = PaymentAlerted(
                notice_id=f"refund {refund_id}",
                kind="waiting refund",
                order_id=order.id,
                intent_id=order.intent_id,
                amount=str(refund.amount),
            )
            announce(work, self._ids, alert)
