"""The shop on PostgreSQL with the real Stripe adapter, which talks to a Stripe of our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from eterno.adapters.system.clock import SystemClock
from eterno.domain.orders import Order
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.outside import WEBHOOK_PATH
from eterno.entrypoints.settings import read_settings
from tests.scenarios.world import ROSA, World, letters_in
from tests.support import audit
from tests.support.stripe_stand_in import SECRET, TEST_KEY, StripeStandIn, stripe_stand_in


class StripeWorld(World):
    def __init__(
        self,
        shop: Shop,
        client: TestClient[Any],
        uri: str,
        stripe: StripeStandIn,
        time: list[timedelta],
    ) -> None:
        self.shop = shop
        self.client = client
        self.stripe = stripe
        self._uri = uri
        self._time = time

    def wait(self, time: timedelta) -> None:
        self._time[0] += time

    def pay(self, page: str) -> None:
        self.stripe.pay(session_of(page), ROSA)

    def pay_later(self, page: str) -> None:
        self.stripe.pay_later(session_of(page), ROSA)

    def money_fails(self, page: str) -> None:
        self.stripe.money_fails(session_of(page))

    def money_comes(self, page: str) -> None:
        self.stripe.money_comes(session_of(page))

    def dispute(self, order: Order) -> None:
        assert order.session_id is not None
        due_by = datetime.now(UTC) + self._time[0] + timedelta(days=7)
        self.stripe.dispute(order.session_id, "needs_response", due_by)

    def post(self) -> None:
        for body, signature in self.stripe.post():
            assert self.bring(body, signature).status_code == 200

    def bring(self, body: bytes, signature: str) -> Any:
        """One notice; what the shop answers."""
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        return self.client.post(WEBHOOK_PATH, content=body, headers=headers)

    def letters(self) -> list[tuple[str, str]]:
        outside = self.shop.outside()
        assert outside is not None
        return letters_in(outside.sandbox)

    def check(self) -> None:
        assert audit.faults(self._uri) == {}


def session_of(page: str) -> str:
    return page.rsplit("/", 1)[-1]


@contextmanager
def stripe_world(uri: str, folder: Path, **environment: str) -> Iterator[StripeWorld]:
    """`environment` are settings that differ."""
    time = [timedelta(0)]
    with stripe_stand_in(SystemClock(lambda: time[0])) as stripe:
        settings = read_settings(
            {
                "ETERNO_DATA_DIR": str(folder),
                "FRONTEND_URL": "https://shop.example",
                "STRIPE_SECRET_KEY": TEST_KEY,
                "STRIPE_WEBHOOK_SECRET": SECRET,
                "STRIPE_API_URL": stripe.address,
                "STRIPE_PROMOTION_CODES": "on",
                "SHIPPING_RATES": "Post:0:1-1,Courier:12.50:1-2",
                "SHIPPING_COUNTRIES": "US,DE",
                **environment,
            }
        )
        with (
            live(settings, uri, ahead=lambda: time[0]) as shop,
            TestClient(create_app(shop), raise_server_exceptions=False) as client,
        ):
            yield StripeWorld(shop, client, uri, stripe, time)
