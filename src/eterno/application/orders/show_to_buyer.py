"""A buyer looks how far her order is."""

from __future__ import annotations

from datetime import timedelta

from eterno.application.again import again
from eterno.application.ports.store import Store, StoreUnavailable
from eterno.application.ports.views import OrderDesk
from eterno.domain.errors import TooMany
from eterno.domain.orders import Order

MOST_LOOKS = 60
WITHIN = timedelta(minutes=1)
"""One client may look so often in so long: enough for impatience, far too little for guessing."""


class ShowToBuyer:
    """Find an order by what only its buyer knows: its public token, or the id of the payment
    session she comes back from. Looks that find nothing count too; while the store takes no writes
    none are counted, and whoever can still read reads on."""

    def __init__(self, store: Store, desk: OrderDesk) -> None:
        self._store = store
        self._desk = desk

    def by_token(self, token: str, *, client: str) -> Order:
        """Raises `NotFound` or `TooMany`."""
        self._count(client)
        return self._desk.by_token(token)

    def by_session(self, session_id: str, *, client: str) -> Order:
        """Raises `NotFound` or `TooMany`."""
        self._count(client)
        return self._desk.by_session(session_id)

    def _count(self, client: str) -> None:
        try:
            is_free = again(lambda: self._take(client))
        except StoreUnavailable:
            return
        if not is_free:
            raise TooMany("Too many looks at orders; please wait a moment", retry_after=60)

    def _take(self, client: str) -> bool:
        with self._store.begin() as work:
            subject = f"order look from {client}"
            return work.throttle.take(subject, work.now, most=MOST_LOOKS, within=WITHIN)
