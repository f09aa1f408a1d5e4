"""The payment service sends a notice."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import Outcome, hear
from eterno.application.orders.sequels import hear_sequel, keep_sequel, order_paid_with
from eterno.application.ports.payments import PaymentNotice, Payments
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
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
    if sequel := notice.sequel:
        order = order_paid_with(work, sequel.intent_id)
        outcome = (
            hear_sequel(work, ids, notice.id, sequel, order)
            if order
            else keep_sequel(work, ids, notice.id, sequel)
        )
    elif report := notice.report:
        order = work.orders.hold_by_token(report.order_token) if report.order_token else None
        outcome = hear(work, ids, report, order, notice_id=notice.id, policy=policy)
    return outcome, order.id if order else None
