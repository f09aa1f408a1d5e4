"""Many at once, over HTTP, against several processes on one database."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import PostgresOrderDesk
from eterno.adapters.stripe import wire
from eterno.adapters.system.secret_file import secret_in
from eterno.domain.catalog import Variant
from eterno.domain.orders import OrderState
from eterno.entrypoints.outside import WEBHOOK_KEY_FILE
from tests.builders import put_on_sale
from tests.support import audit
from tests.support.processes import Server, serving

AT_ONCE = 32
"""Requests on their way at any moment: what two small processes take in without asking anybody to
come back later, also while the other tests use the machine."""


@pytest.fixture
def servers(database_uri: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two processes that serve the same shop."""
    with serving(database_uri, tmp_path) as one, serving(database_uri, tmp_path) as other:
        for server in (one, other):
            server.wait_until_ready()
        yield [one, other]


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


def all_at_once(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


def check_out(client: httpx.Client, server: Server, *soaps: tuple[Variant, int]) -> httpx.Response:
    items = [
        {"id": soap.id, "quantity": quantity, "price": float(soap.price.amount)}
        for soap, quantity in soaps
    ]
    return client.post(f"{server.url}/api/checkout", json={"items": items})


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    with httpx.Client(timeout=30, limits=limits) as client:
        yield client


def test_two_hundred_buyers_race_for_one_hundred_pieces(
    servers: list[Server], store: PostgresStore, client: httpx.Client, database_uri: str
) -> None:
    soap = put_on_sale(store, pieces=100)

    answers = all_at_once(
        [
            lambda server=servers[n % 2]: check_out(client, server, (soap, 1))  # type: ignore[misc]
            for n in range(200)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 100, 409: 100}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "out_of_stock"
    }
    assert len(PostgresOrderDesk(store).latest(most=300)) == 100
    with store.begin() as work:
        shelf = work.shelves.hold([soap.id])[soap.id]
    assert (shelf.on_hand, shelf.reserved) == (100, 100)
    assert audit.faults(database_uri) == {}


def test_baskets_in_opposite_order_never_deadlock(
    servers: list[Server], store: PostgresStore, client: httpx.Client, database_uri: str
) -> None:
    soaps = [put_on_sale(store, pieces=1000) for _ in range(5)]
    baskets = [random.Random(n).sample(soaps, 4) for n in range(120)]  # noqa: S311  # not a secret

    answers = all_at_once(
        [
            lambda basket=basket, server=servers[n % 2]: check_out(  # type: ignore[misc]
                client, server, *((soap, 1) for soap in basket)
            )
            for n, basket in enumerate(baskets)
        ]
    )

    assert Counter(answer.status_code for answer in answers) == {200: 120}
    assert audit.faults(database_uri) == {}


def test_the_same_notice_fifty_times_at_once_has_one_effect(
    servers: list[Server],
    store: PostgresStore,
    client: httpx.Client,
    database_uri: str,
    tmp_path: Path,
) -> None:
    soap = put_on_sale(store, pieces=10)
    assert check_out(client, servers[0], (soap, 3)).status_code == 200
    desk = PostgresOrderDesk(store)
    [order] = desk.latest()
    body = json.dumps(paid_notice(order.token, order.session_id, order.total.minor)).encode()
    headers = {
        "Content-Type": "application/json",
        "Stripe-Signature": wire.sign(
            body, secret_in(tmp_path / "sandbox" / WEBHOOK_KEY_FILE), int(time.time())
        ),
    }

    answers = all_at_once(
        [
            lambda server=servers[n % 2]: client.post(  # type: ignore[misc]
                f"{server.url}/webhooks/stripe", content=body, headers=headers
            )
            for n in range(50)
        ]
    )

    assert {answer.status_code for answer in answers} == {200}
    outcomes = Counter(answer.json()["outcome"] for answer in answers)
    assert outcomes == {"paid": 1, "repeated": 49}
    [paid] = desk.latest()
    assert paid.state is OrderState.PAID
    with store.begin() as work:
        shelf = work.shelves.hold([soap.id])[soap.id]
    assert (shelf.on_hand, shelf.reserved) == (7, 0)
    assert audit.faults(database_uri) == {}


def paid_notice(token: str, session_id: str | None, total: int) -> dict[str, Any]:
    return {
        "id": "evt_once",
        "object": "event",
        "type": "checkout.session.completed",
        "created": int(time.time()),
        "livemode": False,
        "data": {
            "object": {
                "id": session_id,
                "object": "checkout.session",
                "client_reference_id": token,
                "status": "complete",
                "payment_status": "paid",
                "currency": "usd",
                "amount_subtotal": total,
                "amount_total": total,
                "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
                "payment_intent": "pi_once",
                "customer_details": {"email": "rosa@example.org", "name": "Rosa Klein"},
            }
        },
    }
