"""The payment service sends a notice."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import Outcome, hear
from eterno.application.orders.hear_refund import hear_dispute, hear_refund
from eterno.application.outbox.announce import announce
from eterno.application.ports.payments import DisputeReport, PaymentNotice, Payments
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.events import PaymentAlerted
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.orders import Order


class SettlePayment:
    """Believe a notice if it is genuine, and let it have its effect once.

    Whatever it says about the order, the answer is success: the payment service repeats what is
    refused, for days.
    """

    def __init__(
        self, store: Store, payments: Payments, ids: Ids, policy: FulfilmentPolicy
    ) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids
        self._policy = policy

    def __call__(self, body: bytes, signature: str) -> Outcome:
        """What came of it. Raises `ForgedNotice`, and nothing is stored."""
        notice = self._payments.read_notice(body, signature)
        return settle(self._store, self._ids, notice, self._policy)


def settle(store: Store, ids: Ids, notice: PaymentNotice, policy: FulfilmentPolicy) -> Outcome:
    """Let a genuine notice have its effect, however it came to us.

    It is written down by its id in the same transaction as its effect, so hearing it twice, or
    fifty times at once, is harmless.
    """

    def once() -> Outcome:
        with store.begin() as work:
            if not work.inbox.receive(notice.id, notice.kind, work.now):
                return Outcome.REPEATED
            outcome, order_id = _effect(work, ids, notice, policy)
            work.inbox.close(notice.id, outcome, work.now, order_id)
            return outcome

    return again(once)


def _effect(
    work: Work, ids: Ids, notice: PaymentNotice, policy: FulfilmentPolicy
) -> tuple[Outcome, UUID | None]:
    order: Order | None = None
    outcome = Outcome.IGNORED
    if refund := notice.refund:
        order = _paid_with(work, refund.intent_id)
        outcome = hear_refund(work, ids, refund, order)
    elif dispute := notice.dispute:
        order = _paid_with(work, dispute.intent_id)
        outcome = (
            hear_dispute(work, ids, dispute, order)
            if order
            else _alert(work, ids, _stray(notice.id, dispute))
        )
    elif warning := notice.warning:
        order = _paid_with(work, warning.intent_id)
        news = PaymentAlerted(
            notice_id=notice.id,
            kind="fraud warning",
            order_id=order.id if order else None,
            intent_id=warning.intent_id,
        )
        outcome = _alert(work, ids, news)
    elif report := notice.report:
        order = work.orders.hold_by_token(report.order_token) if report.order_token else None
        outcome = hear(work, ids, report, order, notice_id=notice.id, policy=policy)
    return outcome, order.id if order else None


def _paid_with(work: Work, intent_id: str | None) -> Order | None:
    return work.orders.hold_by_intent(intent_id) if intent_id else None


def _alert(work: Work, ids: Ids, news: PaymentAlerted) -> Outcome:
    announce(work, ids, news)
    return Outcome.REPORTED


def _stray(notice_id: str, report: DisputeReport) -> PaymentAlerted:
    """A dispute about a payment that the shop does not know."""
    dispute = report.dispute
    return PaymentAlerted(
        notice_id=notice_id,
        kind="dispute",
        order_id=None,
        intent_id=report.intent_id,
        amount=str(dispute.amount),
        due=f"{dispute.due_by:%Y-%m-%d %H:%M} UTC" if dispute.due_by else None,
    )
