"""A shop, its visitors and the time, over HTTP: on fakes, or on PostgreSQL and the sandbox."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from litestar.testing import TestClient

from eterno.adapters.sandbox import books
from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.courier import Courier
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.system.clock import SystemClock
from eterno.adapters.system.secret_file import secret_in
from eterno.application.ports.payments import PaymentNotice
from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeState
from eterno.domain.orders import Address, Buyer, Order
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.outside import WEBHOOK_KEY_FILE, WEBHOOK_PATH, Sandbox
from eterno.entrypoints.settings import read_settings
from tests.builders import put_on_sale
from tests.support import audit
from tests.support.shops import ShopOverHttp, admin_headers, shop_over_http

ROSA = Buyer(
    email="rosa@example.org",
    name="Rosa Klein",
    ship_to=Address(
        name="Rosa Klein",
        line1="1 Larimer Street",
        line2=None,
        city="Denver",
        state="CO",
        postal_code="80202",
        country="US",
    ),
)


class World(ABC):
    """What can happen in a shop. News of it arrives when the `post` comes."""

    shop: Shop
    client: TestClient[Any]

    def soap(self, *, pieces: int, price: str = "8.99") -> Variant:
        return put_on_sale(self.shop.store(), pieces=pieces, price=price)

    def check_out(self, soap: Variant, quantity: int = 1, **headers: str) -> Any:
        item = {"id": soap.id, "quantity": quantity, "price": float(soap.price.amount)}
        return self.client.post("/api/checkout", json={"items": [item]}, headers=headers)

    def page(self, soap: Variant, quantity: int = 1) -> str:
        """Check out, and go to the payment page."""
        answer = self.check_out(soap, quantity)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])

    def on_sale(self, soap: Variant) -> int:
        """What the shop's page says can be bought."""
        [shown] = self.client.get(f"/products/{soap.product_id}/variants").json()
        return int(shown["stock_quantity"])

    def order(self) -> Order:
        """The newest."""
        return self.shop.order_desk().latest(most=1)[0]

    def sweep(self) -> None:
        """The worker looks after overdue orders."""
        self.shop.release_expired()()

    def work(self) -> None:
        """The worker does what is in the outbox."""
        while self.shop.deliver_outbox()():
            pass

    @cached_property
    def signed_in(self) -> dict[str, str]:
        """The header of a request by the admin rosa."""
        return admin_headers(self.shop)

    def tell(self, path: str, body: Any = None) -> Any:
        """The owner does something; what she is shown then."""
        answer = self.client.post(path, json=body, headers=self.signed_in)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def details(self, order: Order) -> Any:
        """What the owner sees of an order."""
        return self.client.get(f"/orders/{order.id}/details", headers=self.signed_in).json()

    @abstractmethod
    def dispute(self, order: Order) -> None:
        """The buyer asks her bank for the money."""

    @abstractmethod
    def wait(self, time: timedelta) -> None: ...

    @abstractmethod
    def pay(self, page: str) -> None: ...

    @abstractmethod
    def pay_later(self, page: str) -> None: ...

    @abstractmethod
    def money_fails(self, page: str) -> None: ...

    @abstractmethod
    def money_comes(self, page: str) -> None: ...

    @abstractmethod
    def post(self) -> None:
        """What the payment service has to say is delivered."""

    @abstractmethod
    def letters(self) -> list[tuple[str, str]]:
        """(to, subject) of every letter sent, in order."""

    @abstractmethod
    def check(self) -> None:
        """The books balance."""


class MemoryWorld(World):
    def __init__(self, here: ShopOverHttp) -> None:
        self._here = here
        self.shop = here.shop
        self.client = here.client
        self._news: list[PaymentNotice] = []

    def wait(self, time: timedelta) -> None:
        self._here.clock.advance(time)

    def pay(self, page: str) -> None:
        self._news.append(self._here.payments.pay(self._session(page), buyer=ROSA))

    def pay_later(self, page: str) -> None:
        self._news.append(self._here.payments.complete_later(self._session(page), buyer=ROSA))

    def money_fails(self, page: str) -> None:
        self._news.append(self._here.payments.fail(self._session(page)))

    def money_comes(self, page: str) -> None:
        self._news.append(self._here.payments.pay(self._session(page), buyer=ROSA))

    def dispute(self, order: Order) -> None:
        assert order.session_id is not None
        state = DisputeState.NEEDS_RESPONSE
        self._news.append(self._here.payments.dispute(order.session_id, state))

    def post(self) -> None:
        while self._news:
            assert self._here.notify(self._news.pop(0)).status_code == 200

    def letters(self) -> list[tuple[str, str]]:
        return [(letter.to, letter.subject) for letter in self._here.mailer.sent]

    def check(self) -> None:
        assert audit.faults(self._here.store) == {}

    def _session(self, page: str) -> str:
        return self._here.payments.session_at(page)


class PostgresWorld(World):
    def __init__(
        self,
        shop: Shop,
        client: TestClient[Any],
        uri: str,
        courier: Courier,
        database: SandboxDatabase,
        time: list[timedelta],
    ) -> None:
        self.shop = shop
        self.client = client
        self._uri = uri
        self._courier = courier
        self._database = database
        self._time = time

    def wait(self, time: timedelta) -> None:
        self._time[0] += time

    def pay(self, page: str) -> None:
        self._sandbox.payments.pay(_last_part(page), ROSA, 0)

    def pay_later(self, page: str) -> None:
        self._sandbox.payments.pay_later(_last_part(page), ROSA, 0)

    def money_fails(self, page: str) -> None:
        self._sandbox.payments.settle(_last_part(page), Funds.FAILED)

    def money_comes(self, page: str) -> None:
        self._sandbox.payments.settle(_last_part(page), Funds.ARRIVED)

    def dispute(self, order: Order) -> None:
        dispute = {
            "id": "du_1",
            "object": "dispute",
            "amount": order.captured.minor,
            "currency": "usd",
            "payment_intent": order.intent_id,
            "reason": "product_not_received",
            "status": "needs_response",
            "evidence_details": {"due_by": 1_900_000_000},
        }
        with self._database.write() as connection:
            at = datetime.now(UTC) + self._time[0]
            books.queue(connection, "charge.dispute.created", dispute, at)

    def post(self) -> None:
        while self._courier.tick():
            pass

    def letters(self) -> list[tuple[str, str]]:
        return letters_in(self._sandbox)

    def check(self) -> None:
        assert audit.faults(self._uri) == {}

    @property
    def _sandbox(self) -> Sandbox:
        outside = self.shop.outside()
        assert outside is not None
        return outside.sandbox


@contextmanager
def memory_world() -> Iterator[World]:
    with shop_over_http() as here:
        yield MemoryWorld(here)


@contextmanager
def postgres_world(uri: str, folder: Path) -> Iterator[World]:
    time = [timedelta(0)]
    settings = read_settings({"ETERNO_DATA_DIR": str(folder), "SHIPPING_RATES": "Post:0:1-1"})
    with (
        live(settings, uri, ahead=lambda: time[0]) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):

        def bring(body: bytes, signature: str) -> int:
            headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
            return client.post(WEBHOOK_PATH, content=body, headers=headers).status_code

        database = SandboxDatabase(folder / "sandbox" / "sandbox.db")
        courier = Courier(
            database,
            bring,
            webhook_secret=secret_in(folder / "sandbox" / WEBHOOK_KEY_FILE),
            clock=SystemClock(lambda: time[0]),
        )
        yield PostgresWorld(shop, client, uri, courier, database, time)


def letters_in(sandbox: Sandbox) -> list[tuple[str, str]]:
    """(to, subject) of every letter in its mailbox, in order."""
    kept = sandbox.mailbox.letters()
    return [(letter.letter.to, letter.letter.subject) for letter in reversed(kept)]


def _last_part(page: str) -> str:
    return page.rsplit("/", 1)[-1]
