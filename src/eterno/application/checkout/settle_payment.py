"""The payment service sends a notice."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import Outcome, hear
from eterno.application.ports.payments import PaymentNotice, Payments
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids


class SettlePayment:
    """Believe a notice if it is genuine, and let it have its effect once.

    It is written down by its id in the same transaction as its effect, so hearing it twice, or
    fifty times at once, is harmless. Whatever it says about the order, the answer is success: the
    payment service repeats what is refused, for days.
    """

    def __init__(self, store: Store, payments: Payments, ids: Ids) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids

    def __call__(self, body: bytes, signature: str) -> Outcome:
        """What came of it. Raises `ForgedNotice`, and nothing is stored."""
        notice = self._payments.read_notice(body, signature)
        return again(lambda: self._settle(notice))

    def _settle(self, notice: PaymentNotice) -> Outcome:
        with self._store.begin() as work:
            if not work.inbox.receive(notice.id, notice.kind, work.now):
                return Outcome.REPEATED
            outcome, order_id = self._effect(work, notice)
            work.inbox.close(notice.id, outcome, work.now, order_id)
            return outcome

    def _effect(self, work: Work, notice: PaymentNotice) -> tuple[Outcome, UUID | None]:
        report = notice.report
        if report is None:
            return Outcome.IGNORED, None
        order = work.orders.hold_by_token(report.order_token) if report.order_token else None
        outcome = hear(work, self._ids, report, order, notice_id=notice.id)
        return outcome, order.id if order else None
