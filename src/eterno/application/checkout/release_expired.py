"""Nobody paid in time: the stock goes back on the shelf."""

from __future__ import annotations

import logging
import random
from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import hear
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.payments import Payments, PaymentsUnavailable, SessionReport
from eterno.application.ports.store import Store, StoreUnavailable
from eterno.application.ports.system import Ids
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind
from eterno.domain.orders import OrderState

AT_ONCE = 50
IN_SIGHT = 1_000
"""Overdue orders among which they are chosen."""

log = logging.getLogger(__name__)


class ReleaseExpired:
    """Give up orders that await payment past their deadline.

    Never before the payment service says that the session can no longer be paid: it is asked to
    close it, and if the buyer was quicker, the order is paid instead. An order that never got a
    session is released without asking, because no address of a payment page was ever given out.
    """

    def __init__(
        self, store: Store, payments: Payments, ids: Ids, policy: FulfilmentPolicy
    ) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids
        self._policy = policy

    def __call__(self) -> int:
        """Look after up to `AT_ONCE` overdue orders; how many could be decided.

        One that cannot be decided now is left for another time and does not hold up the others:
        they are taken in no particular order.
        """
        with self._store.begin() as work:
            overdue = work.orders.overdue(work.now, most=IN_SIGHT)
        chosen = random.sample(overdue, min(AT_ONCE, len(overdue)))
        return sum(self._try(order_id) for order_id in chosen)

    def _try(self, order_id: UUID) -> bool:
        try:
            return self._decide(order_id)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("overdue order %s could not be decided", order_id)
            return False

    def _decide(self, order_id: UUID) -> bool:
        with self._store.begin() as work:
            session_id = work.orders.get(order_id).session_id
        if session_id is None:
            return again(lambda: self._release_unopened(order_id))
        try:
            report = self._payments.close_session(session_id)
        except PaymentsUnavailable:
            log.warning("session of order %s could not be closed; trying again later", order_id)
            return False
        return again(lambda: self._hear(order_id, report))

    def _release_unopened(self, order_id: UUID) -> bool:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            if (
                order.state is not OrderState.AWAITING
                or order.session_id
                or order.pay_by > work.now
            ):
                return False
            stock.release(work, order)
            work.orders.save(order.expire())
            tell(work, order, EventKind.EXPIRED, {"opened": False})
            return True

    def _hear(self, order_id: UUID, report: SessionReport) -> bool:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            hear(
                work,
                self._ids,
                report,
                order,
                notice_id=f"sweep:{report.session_id}",
                policy=self._policy,
            )
            return True
