from pathlib import Path

import pytest

from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.shipping import ShippingOffer
from tests.builders import usd
from tests.support.clock import FixedClock

SECRET = "whsec_sandbox"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(tmp_path: Path) -> SandboxDatabase:
    return SandboxDatabase(tmp_path / "data" / "sandbox.db")


@pytest.fixture
def venue() -> Venue:
    return Venue(
        shop="Eterno",
        base_url="http://localhost:8000",
        success_url="http://localhost:5173/success?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost:5173/cancel",
        shipping=[
            ShippingOffer("Standard", usd("5.00"), (3, 5)),
            ShippingOffer("Express", usd("12.00"), (1, 2)),
        ],
        countries=("US", "CA"),
    )


@pytest.fixture
def payments(database: SandboxDatabase, venue: Venue, clock: FixedClock) -> SandboxPayments:
    return SandboxPayments(database, venue=venue, webhook_secret=SECRET, clock=clock)
