"""A payment service that answers after a while and does nothing else. Notices are read and verified
as ever.

The address of a page tells how many connections of the shop's pool its buyer held while the service
was asked.
"""

from __future__ import annotations

import threading
import time

from sqlalchemy import event
from sqlalchemy.pool import Pool

from eterno.adapters.stripe import wire
from eterno.application.ports.payments import PaymentNotice, SessionReport
from eterno.domain.orders import Order
from eterno.domain.payments import PaymentSession

SECRET = "whsec_of_the_bench"  # noqa: S105  # guards a database that lives for a minute
HELD = "?held="
"""Before the number in a page's address."""


class StandInPayments:
    """Implements `Payments`: quick or slow as told, and never wrong."""

    def __init__(self, delay: float) -> None:
        self._delay = delay

    def open_session(self, order: Order) -> PaymentSession:
        if self._delay:
            time.sleep(self._delay)
        id = f"cs_bench_{order.token}_{order.attempt}"
        return PaymentSession(id=id, url=f"https://pay.example/{id}{HELD}{hands.connections}")

    def close_session(self, session_id: str) -> SessionReport:
        raise NotImplementedError("nobody's time runs out within a minute")

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        wire.verify(body, signature, [SECRET], int(time.time()))
        return wire.notice_of(body, livemode=False)


class _Hands(threading.local):
    """What this thread has of the pools that are watched."""

    connections = 0


hands = _Hands()


def watch(pool: Pool | type[Pool]) -> None:
    """Count what each thread takes from it; of the class, from every pool there will be."""

    def take(*_: object) -> None:
        hands.connections += 1

    def give_back(*_: object) -> None:
        hands.connections -= 1

    event.listen(pool, "checkout", take)
    event.listen(pool, "checkin", give_back)
