"""The other side of the payment service: buyer and bank, for each adapter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from eterno.adapters.memory.payments import ADA, MemoryPayments, Trouble
from eterno.adapters.sandbox import books, objects
from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.courier import Courier
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.adapters.stripe import wire
from eterno.adapters.stripe.parameters import Delivery
from eterno.adapters.stripe.parameters import Venue as StripeVenue
from eterno.adapters.stripe.payments import StripePayments
from eterno.application.ports.payments import Payments, RefundRequest
from eterno.domain.disputes import DisputeState
from eterno.domain.money import Money
from eterno.domain.orders import Buyer, Order
from tests.builders import an_order, usd
from tests.support.clock import FixedClock
from tests.support.stripe_stand_in import TEST_KEY, StripeStandIn, stripe_stand_in
from tests.support.stripe_stand_in import Trouble as Down

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

    def warn(self, session_id: str) -> None:
        """A bank suspects that the card of a paid session is not the buyer's."""
        ...

    def dispute(self, session_id: str) -> None:
        """The buyer of a paid session asks her bank for all of it back; an answer must be there in
        a week."""
        ...

    def lose(self, session_id: str) -> None:
        """The bank gives the money to the buyer who disputes the payment of this session."""
        ...

    def post(self) -> list[Sealed]:
        """What the service has sent since last time, signed now."""
        ...

    def fall_silent(self) -> None: ...


WEEK = timedelta(days=7)


def a_refund_request(order: Order, intent_id: str, cents: int) -> RefundRequest:
    """In the order's currency."""
    return RefundRequest(
        id=uuid4(),
        order_token=order.token,
        intent_id=intent_id,
        amount=Money(cents, order.currency),
    )


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

    def warn(self, session_id: str) -> None:
        self.payments.warn(session_id)

    def dispute(self, session_id: str) -> None:
        self.payments.dispute(session_id, DisputeState.NEEDS_RESPONSE)

    def lose(self, session_id: str) -> None:
        self.payments.dispute(session_id, DisputeState.LOST)

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
        self._say(kind, {"object": "customer"})

    def warn(self, session_id: str) -> None:
        self._say("radar.early_fraud_warning.created", a_warning(self._intent(session_id)))

    def dispute(self, session_id: str) -> None:
        self._book("charge.dispute.created", session_id, "needs_response")

    def lose(self, session_id: str) -> None:
        self._book("charge.dispute.closed", session_id, "lost")

    def _book(self, kind: str, session_id: str, status: str) -> None:
        report = self.payments.look_at(session_id)
        assert report.intent_id
        assert report.amounts
        dispute = a_dispute(report.intent_id, report.amounts.total, status, self.clock)
        with self._database.write() as connection:
            books.queue(connection, kind, dispute, self.clock.now())

    def _intent(self, session_id: str) -> str:
        intent = self.payments.look_at(session_id).intent_id
        assert intent
        return intent

    def _say(self, kind: str, thing: dict[str, object]) -> None:
        at = int(self.clock.now().timestamp())
        body = json.dumps(objects.event(kind, thing, at)).encode()
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


class StripeTill:
    def __init__(self, stripe: StripeStandIn, clock: FixedClock) -> None:
        self.clock = clock
        self.buyer = ADA
        self._stripe = stripe
        venue = StripeVenue(
            success_url="http://localhost:5173/success?session_id={CHECKOUT_SESSION_ID}",
            cancel_url="http://localhost:5173/cancel",
            deliveries=[Delivery(name="Standard", amount=usd("4.50"), days=(3, 5))],
            countries=["GB", "US"],
        )
        self.payments: Payments = StripePayments(
            TEST_KEY,
            webhook_secrets=[SECRET],
            venue=venue,
            clock=clock,
            base_address=stripe.address,
        )

    def pay(self, session_id: str) -> None:
        self._stripe.pay(session_id, self.buyer)

    def complete_later(self, session_id: str) -> None:
        self._stripe.pay_later(session_id, self.buyer)

    def arrive(self, session_id: str) -> None:
        self._stripe.money_comes(session_id)

    def fail(self, session_id: str) -> None:
        self._stripe.money_fails(session_id)

    def expire(self, session_id: str) -> None:
        self._stripe.expire(session_id)

    def say(self, kind: str) -> None:
        self._stripe.say(kind, {"object": "customer"})

    def warn(self, session_id: str) -> None:
        self._stripe.warn(session_id)

    def dispute(self, session_id: str) -> None:
        self._stripe.dispute(session_id, "needs_response", self.clock.now() + WEEK)

    def lose(self, session_id: str) -> None:
        intent = self._stripe.sessions[session_id]["payment_intent"]
        disputes = self._stripe.disputes.items()
        self._stripe.end_dispute(
            next(id for id, it in disputes if it["payment_intent"] == intent), "lost"
        )

    def post(self) -> list[Sealed]:
        return self._stripe.post()

    def fall_silent(self) -> None:
        self._stripe.trouble = Down.SILENT_BEFORE


@contextmanager
def stripe_till() -> Iterator[StripeTill]:
    clock = FixedClock()
    with stripe_stand_in(clock) as stripe:
        yield StripeTill(stripe, clock)


def a_warning(intent_id: str) -> dict[str, object]:
    """What matters of Stripe's own."""
    return {"id": "issfr_1", "object": "radar.early_fraud_warning", "payment_intent": intent_id}


def a_dispute(intent_id: str, amount: Money, status: str, clock: FixedClock) -> dict[str, object]:
    """What matters of Stripe's own."""
    return {
        "id": "dp_1",
        "object": "dispute",
        "status": status,
        "reason": "product_not_received",
        "amount": amount.minor,
        "currency": amount.currency.code.lower(),
        "payment_intent": intent_id,
        "evidence_details": {"due_by": int((clock.now() + WEEK).timestamp())},
    }
