"""A shop on PostgreSQL, with a line to it that can be cut."""

from __future__ import annotations

import gc
import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from eterno.adapters.stripe import wire
from eterno.adapters.system.secret_file import secret_in
from eterno.domain.catalog import Variant
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.outside import WEBHOOK_KEY_FILE, WEBHOOK_PATH
from eterno.entrypoints.settings import read_settings
from tests.builders import put_on_sale
from tests.support import audit
from tests.support.fault_proxy import FaultProxy, line_to_database
from tests.support.shops import admin_headers

BACK_WITHIN = 5.0
"""Seconds from the database's return to the first success, with nothing restarted."""


@dataclass
class Wired:
    """The shop, a browser, an admin, a soap, and the line to the database."""

    shop: Shop
    client: TestClient[Any]
    line: FaultProxy
    uri: str
    """Past the proxy."""
    folder: Path
    admin: dict[str, str]
    soap: Variant

    def check_out(self, key: str | None = None) -> Any:
        item = {"id": self.soap.id, "quantity": 1, "price": float(self.soap.price.amount)}
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post("/api/checkout", json={"items": [item]}, headers=headers)

    def receive(self, pieces: int, key: str) -> Any:
        return self.client.post(
            f"/inventory/{self.soap.id}/deliveries",
            json={"quantity": pieces},
            headers={**self.admin, "Idempotency-Key": key},
        )

    def write_to_owner(self) -> Any:
        message = {"name": "Ada", "email": "ada@example.org", "message": "Is it vegan?"}
        return self.client.post("/contact", json=message)

    def is_ready(self) -> bool:
        return bool(self.client.get("/health/ready").status_code == 200)

    def everything_that_writes(self) -> dict[str, Any]:
        """One answer of each kind."""
        credentials = {"username": "rosa", "password": "a wrong password"}
        return {
            "checkout": self.check_out(),
            "delivery": self.receive(1, "never to be kept"),
            "contact": self.write_to_owner(),
            "login": self.client.post("/admins/login", json=credentials),
            "notice": self.hear("evt_of_a_fault"),
        }

    def hear(self, id: str) -> Any:
        """The payment service says that a session of nobody's is over."""
        session = {
            "id": "cs_of_nobody",
            "object": "checkout.session",
            "client_reference_id": "nobody",
            "status": "expired",
            "payment_status": "unpaid",
        }
        event = {
            "id": id,
            "object": "event",
            "type": "checkout.session.expired",
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": session},
        }
        body = json.dumps(event).encode()
        secret = secret_in(self.folder / "sandbox" / WEBHOOK_KEY_FILE)
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": wire.sign(body, secret, int(time.time())),
        }
        return self.client.post(WEBHOOK_PATH, content=body, headers=headers)


@pytest.fixture
def wired(database_uri: str, tmp_path: Path) -> Iterator[Wired]:
    """Two connections for requests, so that little is needed to use them up."""
    settings = read_settings(
        {
            "ETERNO_DATA_DIR": str(tmp_path),
            "CHECKOUT_LIMITS": "off",
            "DATABASE_CONNECTIONS": "2",
            "SHIPPING_RATES": "Post:0:1-1",
        }
    )
    with (
        line_to_database(database_uri) as (line, uri),
        live(settings, uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        soap = put_on_sale(shop.store(), pieces=100)
        yield Wired(shop, client, line, database_uri, tmp_path, admin_headers(shop), soap)
        assert audit.faults(database_uri) == {}
    collect_what_was_cut()


def collect_what_was_cut() -> None:
    """A connection that is cut while SQLAlchemy greets it is left to the garbage collector, and
    psycopg would complain of that in whatever test happens to run then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def soon(is_so: Callable[[], bool], within: float = BACK_WITHIN) -> float:
    """Seconds until it was so."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


def is_refused_for_now(answer: Any) -> bool:
    """503, with when to come back."""
    return bool(answer.status_code == 503 and int(answer.headers["retry-after"]) > 0)
