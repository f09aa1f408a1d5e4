"""The other side of the payment service: buyer and bank, for each adapter."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from eterno.adapters.memory.payments import ADA, MemoryPayments, Trouble
from eterno.adapters.sandbox import objects
from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.courier import Courier
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.adapters.stripe import wire
from eterno.application.ports.payments import Payments
from eterno.domain.orders import Buyer, Order
from tests.builders import an_order, usd
from tests.support.clock import FixedClock

Sealed = tuple[bytes, str]
"""Body and signature."""
SECRET = "whsec_for_tests"


class Till(Protocol):
    """What a test can make happen. A move that is not possible any more changes nothing."""

    clock: FixedClock
    buyer: Buyer

    @property
    def payments(self) -> Payments: ...

    def pay(self, session_id: str) -> None: ...
    def complete_later(self, session_id: str) -> None: ...
    def arrive(self, session_id: str) -> None: ...
    def fail(self, session_id: str) -> None: ...
    def expire(self, session_id: str) -> None: ...

    def say(self, kind: str) -> None:
        """The service says something that the shop does not follow."""
        ...

    def post(self) -> list[Sealed]:
        """What the service has sent since last time, signed now."""
        ...

    def fall_silent(self) -> None: ...


def placed(till: Till) -> Order:
    """An order that can be asked a session for."""
    return an_order(at=till.clock.now())


class MemoryTill:
    def __init__(self) -> None:
        self.clock = FixedClock()
        self.buyer = ADA
        self.payments = MemoryPayments(self.clock)
        self._seen = 0

    def pay(self, session_id: str) -> None:
        self._try(self.payments.pay, session_id)

    def complete_later(self, session_id: str) -> None:
        self._try(self.payments.complete_later, session_id)

    def arrive(self, session_id: str) -> None:
        self._try(self.payments.pay, session_id)

    def fail(self, session_id: str) -> None:
        self._try(self.payments.fail, session_id)

    def expire(self, session_id: str) -> None:
        self._try(self.payments.expire, session_id)

    def say(self, kind: str) -> None:
        self.payments.say(kind)

    def post(self) -> list[Sealed]:
        news = self.payments.notices[self._seen :]
        self._seen += len(news)
        return [self.payments.sealed(notice) for notice in news]

    def fall_silent(self) -> None:
        self.payments.trouble = Trouble.SILENT_BEFORE

    def _try(self, move: Callable[[str], object], session_id: str) -> None:
        try:
            move(session_id)
        except AssertionError:
            return


class SandboxTill:
    def __init__(self, folder: Path) -> None:
        self.clock = FixedClock()
        self.buyer = ADA
        self._letters: list[Sealed] = []
        self._database = SandboxDatabase(folder / "sandbox.sqlite3")
        self._folder = folder
        self._sandbox = self._over(self._database)
        self.payments: Payments = self._sandbox
        self._courier = Courier(self._database, self._keep, webhook_secret=SECRET, clock=self.clock)

    def pay(self, session_id: str) -> None:
        self._sandbox.pay(session_id, self.buyer, 0)

    def complete_later(self, session_id: str) -> None:
        self._sandbox.pay_later(session_id, self.buyer, 0)

    def arrive(self, session_id: str) -> None:
        self._sandbox.settle(session_id, Funds.ARRIVED)

    def fail(self, session_id: str) -> None:
        self._sandbox.settle(session_id, Funds.FAILED)

    def expire(self, session_id: str) -> None:
        self._sandbox.expire(session_id)

    def say(self, kind: str) -> None:
        at = int(self.clock.now().timestamp())
        body = json.dumps(objects.event(kind, {"object": "customer"}, at)).encode()
        self._letters.append((body, wire.sign(body, SECRET, at)))

    def post(self) -> list[Sealed]:
        while self._courier.tick():
            pass
        letters, self._letters = self._letters, []
        return letters

    def fall_silent(self) -> None:
        self.payments = self._over(SandboxDatabase(self._folder))  # a folder is no database

    def _over(self, database: SandboxDatabase) -> SandboxPayments:
        venue = Venue(
            shop="Eterno",
            base_url="http://localhost:8000",
            success_url="http://localhost:5173/success?session_id={CHECKOUT_SESSION_ID}",
            cancel_url="http://localhost:5173/cancel",
            shipping=[ShippingOffer("Standard", usd("4.50"), (3, 5))],
            countries=["GB", "US"],
        )
        return SandboxPayments(database, venue=venue, webhook_secret=SECRET, clock=self.clock)

    def _keep(self, body: bytes, signature: str) -> int:
        self._letters.append((body, signature))
        return 200
