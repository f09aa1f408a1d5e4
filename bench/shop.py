"""`eterno`, with a payment service that answers after BENCH_PROVIDER_MS and does nothing else.

What is measured is the shop, not somebody else's page; notices are read and verified as ever.
"""

from __future__ import annotations

import os
import time

from eterno.adapters.stripe import wire
from eterno.application.ports.payments import PaymentNotice, SessionReport
from eterno.domain.orders import Order
from eterno.domain.payments import PaymentSession
from eterno.entrypoints.cli.main import main
from eterno.entrypoints.http import showcase
from eterno.entrypoints.outside import Outside

SECRET = "whsec_of_the_bench"  # noqa: S105  # guards a database that lives for a minute
DELAY = "BENCH_PROVIDER_MS"
BLIND = "BENCH_BLIND"
"""Set, it looks at no change: what looking costs is the difference."""


class StandInPayments:
    """Implements `Payments`: quick or slow as told, and never wrong."""

    def __init__(self, delay: float) -> None:
        self._delay = delay

    def open_session(self, order: Order) -> PaymentSession:
        if self._delay:
            time.sleep(self._delay)
        id = f"cs_bench_{order.token}_{order.attempt}"
        return PaymentSession(id=id, url=f"https://pay.example/{id}")

    def close_session(self, session_id: str) -> SessionReport:
        raise NotImplementedError("nobody's time runs out within a minute")

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        wire.verify(body, signature, [SECRET], int(time.time()))
        return wire.notice_of(body, livemode=False)


# Not below: processes that a server begins import this module, and are not the main one.
stand_in = StandInPayments(float(os.environ.get(DELAY, "0")) / 1000)
Outside.payments = stand_in  # type: ignore[assignment]  # for every Outside of this process
if os.environ.get(BLIND):
    showcase.PAUSE = 1e9

if __name__ == "__main__":
    raise SystemExit(main())
