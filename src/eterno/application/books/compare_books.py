"""The shop's books beside those of the services that it works with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from eterno.application.ports.books import MOST_KEYS, Verdict
from eterno.application.ports.media import MediaStore
from eterno.application.ports.payments import Payments, SessionReport
from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderDesk, OrderQuery, ShopWindow
from eterno.domain.errors import NotFound
from eterno.domain.media import ROOT
from eterno.domain.orders import Order
from eterno.domain.refunds import RefundState

PAGE = 200
"""Orders that are read at once."""
MOST_PICTURES = 10_000

AGREEMENTS = {
    "X1": "every payment of this time is one order's, and of its amount",
    "X2": "every order of this time that was paid was paid by the payment service's account",
    "X3": "what went back of these payments is the same on both sides",
    "X4": "every picture that is shown is in the picture store",
    "X5": "every dispute that began in this time about an order's payment stands there as here",
}


class CompareBooks:
    """Look for what the payment service and the picture store know otherwise than we do.

    Nothing is changed, here or there, and orders that were paid by hand are left out. What happens
    at this very moment may be known on one side only: look again before you worry.
    """

    def __init__(
        self,
        store: Store,
        orders: OrderDesk,
        payments: Payments,
        window: ShopWindow,
        media: MediaStore,
    ) -> None:
        self._store = store
        self._orders = orders
        self._payments = payments
        self._window = window
        self._media = media

    def __call__(self, since: timedelta) -> Sequence[Verdict]:
        """A verdict on each of `AGREEMENTS`; of payments, about those begun within that time.

        Raises `Unavailable`.
        """
        with self._store.begin() as work:
            then = work.now - since
        theirs = {report.session_id: report for report in self._payments.payments(then)}
        ours = {order.session_id: order for order in self._paid(then)}
        found = {
            "X1": [id for id, report in theirs.items() if not self._is_ours(report)],
            "X2": [order.token for id, order in ours.items() if id not in theirs],
            "X3": self._refunded_otherwise(then, ours.values()),
            "X4": self._missing_pictures(),
            "X5": self._disputed_otherwise(then),
        }
        return [
            Verdict(id=id, sentence=sentence, keys=tuple(found[id][:MOST_KEYS]))
            for id, sentence in AGREEMENTS.items()
        ]

    def _paid(self, since: datetime) -> Iterator[Order]:
        """Orders placed since then for which the payment service took money."""
        query = OrderQuery(since=since, most=PAGE)
        while page := self._orders.search(query):
            yield from (order for order in page if order.captured.minor and order.intent_id)
            query = OrderQuery(since=since, most=PAGE, after=page[-1].id)

    def _is_ours(self, report: SessionReport) -> bool:
        """Whether it is an order's. One that never claimed to be is none of our business: the owner
        has had a letter about it."""
        if report.order_token is None:
            return True
        try:
            order = self._orders.by_token(report.order_token)
        except NotFound:
            return False
        total = report.amounts.total if report.amounts else None
        return order.session_id == report.session_id and order.captured == total

    def _refunded_otherwise(self, since: datetime, orders: Iterable[Order]) -> list[str]:
        gone = Counter[str | None]()
        for refund in self._payments.refunds(since):
            if refund.status is RefundState.SUCCEEDED:
                gone[refund.intent_id] += refund.amount.minor
        return [order.token for order in orders if order.refunded.minor != gone[order.intent_id]]

    def _disputed_otherwise(self, since: datetime) -> list[str]:
        """Orders, however old they are."""
        disputed = [
            order.token
            for report in self._payments.disputes(since)
            if (order := self._paid_with(report.intent_id))
            and not report.dispute.is_known_by(order.dispute)
        ]
        return [*dict.fromkeys(disputed)]

    def _paid_with(self, intent_id: str | None) -> Order | None:
        """None for a payment that is no order's: the owner has had a letter about its dispute."""
        try:
            return self._orders.by_intent(intent_id) if intent_id is not None else None
        except NotFound:
            return None

    def _missing_pictures(self) -> list[str]:
        shown = self._window.pictures(ROOT, most=MOST_PICTURES)
        return [key for key in shown if not self._media.exists(key)]
