"""Admins and buyers at the same shelf at the same moment, against several processes."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from eterno.adapters.jwt.tokens import JwtTokens
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.system.clock import SystemClock
from eterno.application.ports.access import Claims
from eterno.domain.admins import Admin
from eterno.domain.catalog import Variant
from tests.builders import add_product, place, put_on_sale
from tests.contracts.race import PATIENCE
from tests.support import audit
from tests.support.processes import Server, serving

SECRET = "only for this test and for no other"
AT_ONCE = 16
Call = Callable[[], httpx.Response]


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


@pytest.fixture
def servers(database_uri: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two processes that serve the same shop."""
    key = {"ADMIN_JWT_SECRET": SECRET}
    with (
        serving(database_uri, tmp_path, environment=key) as one,
        serving(database_uri, tmp_path, environment=key) as other,
    ):
        for server in (one, other):
            server.wait_until_ready()
        yield [one, other]


@pytest.fixture
def rosa(store: PostgresStore) -> Iterator[httpx.Client]:
    """An admin's client; buyers use it too, and nobody minds."""
    with store.begin() as work:
        admin = Admin(id=work.admins.next_id(), username="rosa", password_hash="no way in")
        work.admins.add(admin)
    tokens = JwtTokens([SECRET], lifetime=timedelta(hours=1), clock=SystemClock())
    token = tokens.issue(Claims(admin_id=admin.id, version=admin.token_version))
    with httpx.Client(timeout=30, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def all_at_once(calls: list[Call]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


def path(soap: Variant) -> str:
    return f"/products/{soap.product_id}/variants/{soap.id}"


def buying(client: httpx.Client, server: Server, soap: Variant) -> Call:
    items = [{"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}]
    return lambda: client.post(f"{server.url}/api/checkout", json={"items": items})


def counting(
    client: httpx.Client, server: Server, soap: Variant, pieces: int, **headers: str
) -> Call:
    url = f"{server.url}{path(soap)}/stock-quantity?stock_quantity={pieces}"
    return lambda: client.patch(url, headers=headers)


def moving(client: httpx.Client, server: Server, soap: Variant, deed: str, **body: object) -> Call:
    url = f"{server.url}/inventory/{soap.id}/{deed}"
    return lambda: client.post(url, json={"note": "while buyers buy", **body})


def test_counting_while_buyers_check_out_never_upsets_the_books(
    servers: list[Server], store: PostgresStore, rosa: httpx.Client, database_uri: str
) -> None:
    soap = put_on_sale(store, pieces=30)
    calls: list[Call] = []
    for n in range(24):
        here, there = servers[n % 2], servers[(n + 1) % 2]
        calls += [
            buying(rosa, here, soap),
            counting(rosa, there, soap, 10 + n),
            buying(rosa, there, soap),
            moving(rosa, here, soap, "deliveries", quantity=3),
            buying(rosa, here, soap),
            moving(rosa, there, soap, "corrections", change=-2),
        ]

    answers = all_at_once(calls)

    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    sold = Counter(answer.status_code for answer in answers if answer.url.path == "/api/checkout")
    with store.begin() as work:
        shelf = work.shelves.hold([soap.id])[soap.id]
    assert shelf.reserved == sold[200] > 0
    assert audit.faults(database_uri) == {}


def test_of_two_counts_of_what_both_saw_one_is_refused(
    servers: list[Server], store: PostgresStore, rosa: httpx.Client, database_uri: str
) -> None:
    soap = put_on_sale(store, pieces=10)
    for n in range(10):
        seen = {"If-Match": rosa.get(f"{servers[n % 2].url}{path(soap)}").headers["etag"]}

        answers = all_at_once(
            [
                counting(rosa, server, soap, 20 + 2 * n + place, **seen)
                for place, server in enumerate(servers)
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [200, 412]
        [counted] = [answer.json() for answer in answers if answer.status_code == 200]
        assert rosa.get(f"{servers[0].url}{path(soap)}").json() == counted
    assert audit.faults(database_uri) == {}


@pytest.mark.parametrize("pieces", [0, 5])
def test_what_is_removed_while_buyers_want_it_is_sold_or_not_found(
    servers: list[Server], store: PostgresStore, rosa: httpx.Client, database_uri: str, pieces: int
) -> None:
    for n in range(4):
        soap = put_on_sale(store, add_product(store, f"Oat {n}"), pieces=pieces)
        url = f"{servers[n % 2].url}/products/{soap.product_id}"

        def remove(url: str = url) -> httpx.Response:
            return rosa.delete(url)

        buyers = [buying(rosa, servers[k % 2], soap) for k in range(8)]
        answers = all_at_once([*buyers[:4], remove, *buyers[4:]])

        assert {answer.status_code for answer in answers} <= {200, 204, 404, 409}
        assert buying(rosa, servers[0], soap)().status_code == 404
        assert rosa.get(url).status_code == 404
    assert audit.faults(database_uri) == {}


def test_buyers_do_not_wait_for_an_admin_who_is_writing(store: PostgresStore) -> None:
    soap = put_on_sale(store)

    def buy() -> None:
        with store.begin() as work:
            assert work.variants.offers([soap.id])
            place(work, (soap, 1))

    with ThreadPoolExecutor(1) as buyer, store.begin() as work:
        product = work.products.hold(soap.product_id)
        work.products.save(product.archive())
        work.variants.save(work.variants.hold(soap.id).archive())
        buyer.submit(buy).result(PATIENCE)
