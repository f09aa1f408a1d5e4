"""The one who brings the payment service's news. Stands in for Stripe's webhooks; not for
production."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from eterno.adapters.sandbox import books
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.stripe import wire
from eterno.application.ports.system import Clock

Send = Callable[[bytes, str], int]
"""Bring (body, signature) to the shop; the HTTP status of its answer. Raises `OSError` or
`HTTPException` when there is none."""

TIMEOUT = 5.0
LEASE = timedelta(seconds=10)
"""How long nobody else tries the same event; longer than a delivery can take."""
LONGEST_PAUSE = 60
"""Seconds between two tries at most; the first pauses are 1, 2, 4, …"""
PERSEVERANCE = timedelta(days=3)
"""How long an event is tried before it is given up."""
AT_ONCE = 20
"""Most events, and most overdue sessions, that one tick looks after."""

log = logging.getLogger(__name__)


class WebhookPost:
    """POSTs to one address and no other: redirects are answers, and proxies are not asked."""

    def __init__(self, url: str) -> None:
        """Raises `ValueError` for anything but an http or https address."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no http address to deliver to")
        self._is_safe = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"

    def __call__(self, body: bytes, signature: str) -> int:
        connect = HTTPSConnection if self._is_safe else HTTPConnection
        connection = connect(self._host, self._port, timeout=TIMEOUT)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Eterno sandbox",
        }
        try:
            connection.request("POST", self._path, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    """An event on its way, for the `attempts`th time."""

    id: str
    body: bytes
    created_at: float
    attempts: int


class Courier:
    """Delivers queued events, each at least once, until the shop answers 2xx.

    Any number of couriers may work at once, in any number of processes.
    """

    def __init__(
        self, database: SandboxDatabase, send: Send, *, webhook_secret: str, clock: Clock
    ) -> None:
        self._database = database
        self._send = send
        self._secret = webhook_secret
        self._clock = clock

    def tick(self) -> int:
        """Do what is due: expire sessions, let promised money come or fail, deliver events.

        How many deliveries were tried. Cheap when there is nothing to do.

        A delivery that fails is tried again later and raises nothing; only `SandboxUnavailable` may
        be raised.
        """
        if not self._has_work():
            return 0
        self._catch_up()
        for tried in range(AT_ONCE):
            parcel = self._claim()
            if parcel is None:
                return tried
            self._finish(parcel, is_delivered=self._try(parcel))
        return AT_ONCE

    def _has_work(self) -> bool:
        now = self._clock.now().timestamp()
        with self._database.read() as connection:
            (found,) = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM event WHERE due_at <= :now)"
                " OR EXISTS (SELECT 1 FROM session WHERE status = 'open' AND expires_at <= :now)"
                " OR EXISTS (SELECT 1 FROM session WHERE promised_at <= :now)",
                {"now": now},
            ).fetchone()
        return bool(found)

    def _catch_up(self) -> None:
        now = self._clock.now()
        with self._database.write() as connection:
            for checkout in books.overdue(connection, now, most=AT_ONCE):
                books.save(connection, checkout.at(now), now)

    def _claim(self) -> _Parcel | None:
        now = self._clock.now()
        with self._database.write() as connection:
            row = connection.execute(
                "SELECT id, body, created_at, attempts + 1 AS attempts FROM event"
                " WHERE due_at <= ? ORDER BY due_at, rowid LIMIT 1",
                (now.timestamp(),),
            ).fetchone()
            if row is None:
                return None
            parcel = _Parcel(**row)
            connection.execute(
                "UPDATE event SET attempts = ?, due_at = ? WHERE id = ?",
                (parcel.attempts, (now + LEASE).timestamp(), parcel.id),
            )
            return parcel

    def _try(self, parcel: _Parcel) -> bool:
        at = int(self._clock.now().timestamp())
        try:
            status = self._send(parcel.body, wire.sign(parcel.body, self._secret, at))
        except (OSError, HTTPException) as silence:
            log.info("event %s: no answer (%s)", parcel.id, type(silence).__name__)
            return False
        except Exception:
            log.exception("event %s: could not be sent", parcel.id)
            return False
        log.info("event %s: answered %s", parcel.id, status)
        return 200 <= status < 300

    def _finish(self, parcel: _Parcel, *, is_delivered: bool) -> None:
        now = self._clock.now()
        if is_delivered:
            outcome, due_at = "delivered", None
        elif now.timestamp() - parcel.created_at >= PERSEVERANCE.total_seconds():
            outcome, due_at = "given up", None
            log.warning("event %s: given up after %s tries", parcel.id, parcel.attempts)
        else:
            outcome, due_at = "queued", _again(parcel, now)
        with self._database.write() as connection:
            connection.execute(
                "UPDATE event SET outcome = ?, due_at = ? WHERE id = ? AND attempts = ?",
                (outcome, due_at, parcel.id, parcel.attempts),
            )


def _again(parcel: _Parcel, now: datetime) -> float:
    """Pauses of 1, 2, 4, … seconds, up to the longest."""
    return now.timestamp() + min(1 << min(parcel.attempts - 1, 6), LONGEST_PAUSE)
