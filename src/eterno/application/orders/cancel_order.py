"""The owner calls an order off."""

from __future__ import annotations

from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import hear
from eterno.application.orders.call_off import call_off
from eterno.application.orders.refund_order import LONGEST_REASON
from eterno.application.ports.payments import Payments, SessionReport, SessionStatus
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.fulfilment import FulfilmentPolicy, NotPossibleNow
from eterno.domain.orders import Order, OrderState
from eterno.domain.text import clean


class CancelOrder:
    """Cancel an order of which nothing was sent: its stock is back, and its money goes back.

    One that is not paid is cancelled only once the payment service says that it can no longer be;
    if the buyer was quicker, she has paid, and gets her money back.
    """

    def __init__(
        self, store: Store, payments: Payments, ids: Ids, policy: FulfilmentPolicy
    ) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids
        self._policy = policy

    def __call__(self, actor: Actor, order_id: UUID, reason: str = "") -> Order:
        """The order afterwards.

        Raises `NotFound`, `Invalid`, `NotPossibleNow` (also while money is on its way), or
        `PaymentsUnavailable`.
        """
        words = clean(reason, "reason", most=LONGEST_REASON, least=0)
        with self._store.begin() as work:
            order = work.orders.get(order_id)
        report = None
        if order.state is OrderState.AWAITING and order.session_id is not None:
            report = self._payments.close_session(order.session_id)
        return again(lambda: self._cancel(actor, order_id, words, report))

    def _cancel(
        self, actor: Actor, order_id: UUID, words: str, report: SessionReport | None
    ) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            closed = report.session_id if report else None
            if order.state is OrderState.AWAITING and order.session_id != closed:
                raise NotPossibleNow(order, "cancelled while its payment page is being opened")
            if report is not None and report.status is not SessionStatus.EXPIRED:
                hear(
                    work,
                    self._ids,
                    report,
                    order,
                    notice_id=f"cancel:{report.session_id}",
                    policy=self._policy,
                )
                order = work.orders.get(order_id)
            return call_off(work, self._ids, order, actor, words)
