"""The payment service sends a notice."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import Outcome, hear
from eterno.application.outbox.announce import announce
from eterno.application.ports.payments import PaymentAlert, PaymentNotice, Payments
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.events import PaymentAlerted


class SettlePayment:
    """Believe a notice if it is genuine, and let it have its effect once.

    Whatever it says about the order, the answer is success: the payment service repeats what is
    refused, for days.
    """

    def __init__(self, store: Store, payments: Payments, ids: Ids) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids

    def __call__(self, body: bytes, signature: str) -> Outcome:
        """What came of it. Raises `ForgedNotice`, and nothing is stored."""
        notice = self._payments.read_notice(body, signature)
        return settle(self._store, self._ids, notice)


def settle(store: Store, ids: Ids, notice: PaymentNotice) -> Outcome:
    """Let a genuine notice have its effect, however it came to us.

    It is written down by its id in the same transaction as its effect, so hearing it twice, or
    fifty times at once, is harmless.
    """

    def once() -> Outcome:
        with store.begin() as work:
            if not work.inbox.receive(notice.id, notice.kind, work.now):
                return Outcome.REPEATED
            outcome, order_id = _effect(work, ids, notice)
            work.inbox.close(notice.id, outcome, work.now, order_id)
            return outcome

    return again(once)


def _effect(work: Work, ids: Ids, notice: PaymentNotice) -> tuple[Outcome, UUID | None]:
    if notice.alert is not None:
        announce(work, ids, _news(notice.id, notice.alert))
        return Outcome.REPORTED, None
    report = notice.report
    if report is None:
        return Outcome.IGNORED, None
    order = work.orders.hold_by_token(report.order_token) if report.order_token else None
    outcome = hear(work, ids, report, order, notice_id=notice.id)
    return outcome, order.id if order else None


def _news(notice_id: str, alert: PaymentAlert) -> PaymentAlerted:
    return PaymentAlerted(
        notice_id=notice_id,
        kind=alert.kind,
        intent_id=alert.intent_id,
        amount=str(alert.amount) if alert.amount else None,
        due=f"{alert.due:%Y-%m-%d %H:%M} UTC" if alert.due else None,
    )
