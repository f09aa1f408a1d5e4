"""A whole shop in memory, behind HTTP, with its levers at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide
from litestar.testing import TestClient

from eterno.adapters.memory.mail import MemoryMailer
from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.memory.payments import MemoryPayments
from eterno.adapters.memory.store import MemoryStore
from eterno.application.ports.access import Claims
from eterno.application.ports.payments import PaymentNotice
from eterno.domain.admins import Admin
from eterno.domain.orders import Order
from eterno.entrypoints.container import Shop, in_memory
from eterno.entrypoints.http.app import behind_the_edge, litestar_app, parts_of
from eterno.entrypoints.logs import log_access
from eterno.entrypoints.metrics import Meters
from eterno.entrypoints.outside import WEBHOOK_PATH
from eterno.entrypoints.settings import read_settings
from tests.builders import put_on_sale
from tests.support.clock import FixedClock

FRONTEND = "https://shop.example"


@dataclass
class ShopOverHttp:
    """The shop, a browser to visit it, and what a test may turn."""

    shop: Shop
    client: TestClient[Any]
    clock: FixedClock
    meters: Meters

    @property
    def store(self) -> MemoryStore:
        return cast(MemoryStore, self.shop.store())

    @property
    def payments(self) -> MemoryPayments:
        return cast(MemoryPayments, self.shop.payments())

    @property
    def mailer(self) -> MemoryMailer:
        return cast(MemoryMailer, self.shop.mailer())

    @property
    def media(self) -> MemoryMedia:
        return cast(MemoryMedia, self.shop.media())

    def sign_in(self, username: str = "rosa") -> dict[str, str]:
        """An admin of that name; the headers that say who she is."""
        return admin_headers(self.shop, username)

    def ask(self, path: str, **terms: str) -> Any:
        """The admin looks at something."""
        return self.client.get(path, params=terms, headers=self.sign_in())

    def tell(self, path: str, body: Any = None, **headers: str) -> Any:
        """The admin does something."""
        return self.client.post(path, json=body, headers={**self.sign_in(), **headers})

    def sell(self, pieces: int = 2, *, stock: int = 10, price: float = 8.99) -> Order:
        """Somebody buys a new soap, and pays."""
        soap = put_on_sale(self.store, price=str(price), pieces=stock)
        url = self.check_out((soap.id, pieces, price)).json()["url"]
        self.notify(self.payments.pay(self.payments.session_at(url)))
        return self.shop.order_desk().latest(most=1)[0]

    def check_out(self, *items: tuple[int, int, float], **headers: str) -> Any:
        """`check_out((1, 2, 8.99))`: two of variant 1, shown at 8.99."""
        wanted = [{"id": id, "quantity": quantity, "price": price} for id, quantity, price in items]
        return self.client.post("/api/checkout", json={"items": wanted}, headers=headers)

    def notify(self, notice: PaymentNotice) -> Any:
        """The payment service brings its notice."""
        body, signature = self.payments.sealed(notice)
        return self.client.post(WEBHOOK_PATH, content=body, headers={"Stripe-Signature": signature})


def admin_headers(shop: Shop, username: str = "rosa") -> dict[str, str]:
    """What an admin of this name sends along; she is made if there is none yet."""
    with shop.store().begin() as work:
        admin = work.admins.find(username)
        if admin is None:
            admin = Admin(id=work.admins.next_id(), username=username, password_hash="no way in")
            work.admins.add(admin)
    token = shop.tokens().issue(Claims(admin_id=admin.id, version=admin.token_version))
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def shop_over_http(**environment: str) -> Iterator[ShopOverHttp]:
    clock = FixedClock()
    shop = in_memory(read_settings({"FRONTEND_URL": FRONTEND, **environment}), clock)
    meters = Meters()
    routes = refilled(_routes(**environment), shop, meters)
    app = behind_the_edge(routes, shop, access=log_access, meters=meters)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield ShopOverHttp(shop, client, clock, meters)


@lru_cache(maxsize=16)
def _routes(**environment: str) -> Litestar:
    """To make all routes takes a fifth of a second, and they depend on the settings only."""
    settings = read_settings({"FRONTEND_URL": FRONTEND, **environment})
    return litestar_app(in_memory(settings, FixedClock()))


def refilled(routes: Litestar, shop: Shop, meters: Meters) -> Litestar:
    """The same routes, over another shop."""
    for name, part in parts_of(shop, meters).items():
        cast(Provide, routes.dependencies[name]).dependency = part.dependency
    routes.state.identify = shop.identify()
    return routes
