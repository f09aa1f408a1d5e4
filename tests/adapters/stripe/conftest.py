from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from eterno.adapters.stripe.parameters import Delivery, Venue
from eterno.adapters.stripe.payments import StripePayments
from tests.builders import usd
from tests.support.clock import FixedClock
from tests.support.stripe_stand_in import SECRET, TEST_KEY, StripeStandIn, stripe_stand_in

VENUE = Venue(
    success_url="https://shop.example/success?session_id={CHECKOUT_SESSION_ID}",
    cancel_url="https://shop.example/cancel",
    deliveries=[
        Delivery(name="Standard", amount=usd("5.00"), days=(3, 5)),
        Delivery(name="Pick up", amount=usd("0"), days=(0, 1)),
    ],
    countries=["US", "CA"],
)
Connect = Callable[..., StripePayments]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def stripe(clock: FixedClock) -> Iterator[StripeStandIn]:
    with stripe_stand_in(clock) as stripe:
        yield stripe


@pytest.fixture
def connect(stripe: StripeStandIn, clock: FixedClock) -> Connect:
    """The adapter, with whatever differs from a usual shop."""

    def connected(*, key: str = TEST_KEY, venue: Venue = VENUE, **changes: Any) -> StripePayments:
        arguments: dict[str, Any] = {
            "webhook_secrets": [SECRET],
            "base_address": stripe.address,
            **changes,
        }
        return StripePayments(key, venue=venue, clock=clock, **arguments)

    return connected


@pytest.fixture
def payments(connect: Connect) -> StripePayments:
    return connect()
