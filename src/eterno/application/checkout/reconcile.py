"""Compare our books with the payment service's, and catch up on what we missed."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hear import Outcome, hear
from eterno.application.checkout.settle_payment import settle
from eterno.application.orders.hear_refund import OutOfTurn
from eterno.application.orders.pay_back import PayBack
from eterno.application.ports.payments import (
    PaymentNotice,
    Payments,
    PaymentsUnavailable,
    SessionReport,
    SessionStatus,
)
from eterno.application.ports.store import Store, StoreUnavailable
from eterno.application.ports.system import Ids
from eterno.domain.fulfilment import FulfilmentPolicy

SOON = timedelta(minutes=10)
"""How long a notice may be under way before an order or a refund is asked after."""
AT_ONCE = 1_000
"""Open orders, and undecided refunds, that one run asks after, at most."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a run has found."""

    notices: Mapping[Outcome, int]
    """What came of the notices that had not reached us."""
    orders: Mapping[Outcome, int]
    """What came of asking after open orders."""
    refunds: Mapping[Outcome, int]
    """What came of asking after refunds that are not decided."""
    silent: int
    """Notices, orders and refunds about which nothing could be decided now."""

    @property
    def changes(self) -> int:
        """How often our books were behind."""
        known = (Outcome.NOTHING_NEW, Outcome.REPEATED)
        found = (*self.notices.items(), *self.orders.items(), *self.refunds.items())
        return sum(times for outcome, times in found if outcome not in known)


class Reconcile:
    """Hear the notices that could not be delivered, and ask after orders that stay open and refunds
    that are not decided.

    Everything found is told to the order as a notice would have told it, so a run may overlap with
    notices, with the sweep and with another run: nothing has its effect twice. An order that waits
    for a buyer with an open page, or for money that is on its way, is left as it is.
    """

    def __init__(
        self, store: Store, payments: Payments, ids: Ids, policy: FulfilmentPolicy
    ) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids
        self._policy = policy
        self._pay_back = PayBack(store, payments, ids)

    def __call__(self, since: timedelta) -> Reconciled:
        """Catch up on the notices of that long. What cannot be decided now does not hold up the
        rest. Raises `PaymentsUnavailable` when the list of notices cannot be had, and
        `StoreUnavailable`.
        """
        with self._store.begin() as work:
            now = work.now
            waiting = work.orders.unsettled(now - SOON, most=AT_ONCE)
            going = work.refunds.pending(now - SOON, most=AT_ONCE)
        missed = self._payments.missed_notices(now - since)
        notices = [self._hear(notice) for notice in missed]
        orders = [self._ask("order", order_id, self._compare) for order_id in waiting]
        refunds = [self._ask("refund", refund_id, self._pay_back.ask) for refund_id in going]
        return Reconciled(
            notices=Counter(outcome for outcome in notices if outcome),
            orders=Counter(outcome for outcome in orders if outcome),
            refunds=Counter(outcome for outcome in refunds if outcome),
            silent=[*notices, *orders, *refunds].count(None),
        )

    def _hear(self, notice: PaymentNotice) -> Outcome | None:
        try:
            return settle(self._store, self._ids, notice, self._policy)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("missed notice %s could not be settled", notice.id)
            return None

    def _ask(self, what: str, id: UUID, question: Callable[[UUID], Outcome]) -> Outcome | None:
        try:
            return question(id)
        except (PaymentsUnavailable, OutOfTurn):
            log.warning("nothing is known about %s %s; asking again later", what, id)
            return None
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("%s %s could not be compared", what, id)
            return None

    def _compare(self, order_id: UUID) -> Outcome:
        with self._store.begin() as work:
            session_id = work.orders.get(order_id).session_id
        if session_id is None:  # no page was ever given out: the sweep looks after it
            return Outcome.NOTHING_NEW
        report = self._payments.look_at(session_id)
        if report.status is SessionStatus.OPEN:
            return Outcome.NOTHING_NEW
        return again(lambda: self._tell(order_id, report))

    def _tell(self, order_id: UUID, report: SessionReport) -> Outcome:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            notice_id = f"reconcile:{report.session_id}"
            return hear(work, self._ids, report, order, notice_id=notice_id, policy=self._policy)
