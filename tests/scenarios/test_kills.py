"""`kill -9` of the server right after each commit of a sale: nothing is lost or doubled."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import PostgresOrderDesk, PostgresOutboxDesk
from eterno.application.letters.digests import LOW_STOCK, WEEK
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order, OrderState
from tests.builders import put_on_sale
from tests.support import audit
from tests.support.processes import PATIENCE, Server, free_port, serving

CRASHING = "tests.support.crashing_shop"
CALENDAR = (LOW_STOCK, WEEK)
FORM = {
    "email": "rosa@example.org",
    "name": "Rosa Klein",
    "line1": "1 Larimer Street",
    "city": "Denver",
    "state": "CO",
    "postal_code": "80202",
    "country": "US",
    "delivery": "0",
    "ending": "pay",
}


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


@pytest.fixture
def soap(store: PostgresStore) -> Variant:
    return put_on_sale(store, pieces=5)


def check_out(server: Server, soap: Variant) -> httpx.Response:
    return httpx.post(
        f"{server.url}/api/checkout",
        json={"items": [{"id": soap.id, "quantity": 2, "price": 8.99}]},
        headers={"Idempotency-Key": "the-one-basket"},
        timeout=10,
    )


def eventually(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def the_order(store: PostgresStore) -> Order:
    [order] = PostgresOrderDesk(store).latest()
    return order


@pytest.mark.parametrize("commit", ["held", "session"])
def test_killed_before_the_answer_the_same_key_goes_on(
    commit: str, database_uri: str, tmp_path: Path, store: PostgresStore, soap: Variant
) -> None:
    crash = {"CRASH_AFTER": commit}
    port = free_port()
    with serving(database_uri, tmp_path, module=CRASHING, port=port, environment=crash) as doomed:
        doomed.wait_until_ready()
        with pytest.raises(httpx.HTTPError):
            check_out(doomed, soap)
        doomed.wait_until_dead()
    held = the_order(store)
    assert held.state is OrderState.AWAITING
    assert (held.session_url is None) == (commit == "held")

    with serving(database_uri, tmp_path, "serve", "--with-worker", port=port) as server:
        server.wait_until_ready()
        answer = check_out(server, soap)
        assert answer.status_code == 200
        pay(answer.json()["url"])
        eventually(lambda: the_order(store).state is OrderState.PAID)
        eventually(lambda: all_letters_sent(store))

    assert the_order(store).id == held.id
    assert on_hand(store, soap) == 3
    assert payment_sessions(tmp_path) == 1
    assert audit.faults(database_uri) == {}


def test_killed_after_the_payment_was_settled_it_is_settled_once(
    database_uri: str, tmp_path: Path, store: PostgresStore, soap: Variant
) -> None:
    crash = {"CRASH_AFTER": "paid"}
    port = free_port()
    with serving(
        database_uri, tmp_path, "serve", "--with-worker",
        module=CRASHING, port=port, environment=crash,
    ) as doomed:  # fmt: skip
        doomed.wait_until_ready()
        pay(check_out(doomed, soap).json()["url"])
        doomed.wait_until_dead()
    paid = the_order(store)
    assert paid.state is OrderState.PAID

    with serving(database_uri, tmp_path, "serve", "--with-worker", port=port) as server:
        server.wait_until_ready()
        eventually(lambda: all_letters_sent(store))
        eventually(lambda: undelivered_notices(tmp_path) == 0)

    assert the_order(store) == paid
    assert on_hand(store, soap) == 3
    assert audit.faults(database_uri) == {}


def test_killed_and_nobody_comes_back_the_stock_is_released(
    database_uri: str, tmp_path: Path, store: PostgresStore, soap: Variant
) -> None:
    crash = {"CRASH_AFTER": "held"}
    with serving(database_uri, tmp_path, module=CRASHING, environment=crash) as doomed:
        doomed.wait_until_ready()
        with pytest.raises(httpx.HTTPError):
            check_out(doomed, soap)
        doomed.wait_until_dead()
    with store.begin() as work:  # the deadline passes
        order = work.orders.hold(the_order(store).id)
        work.orders.save(order.try_again(work.now))

    with serving(database_uri, tmp_path, "serve", "--with-worker") as server:
        server.wait_until_ready()
        eventually(lambda: the_order(store).state is OrderState.EXPIRED)

    with store.begin() as work:
        assert work.shelves.hold([soap.id])[soap.id].available == 5
    assert audit.faults(database_uri) == {}


def test_sigterm_ends_the_server_in_peace(database_uri: str, tmp_path: Path) -> None:
    with serving(database_uri, tmp_path, "serve", "--with-worker") as server:
        server.wait_until_ready()
        assert server.stop() == 0
        assert "Traceback" not in server.log.read_text()


def pay(page: str) -> None:
    answer = httpx.post(page, data=FORM, timeout=10, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def on_hand(store: PostgresStore, soap: Variant) -> int:
    with store.begin() as work:
        return work.shelves.hold([soap.id])[soap.id].on_hand


def all_letters_sent(store: PostgresStore) -> bool:
    """Of the sale; what the owner gets by the calendar comes besides."""
    tasks = [it for it in PostgresOutboxDesk(store).tasks() if it.reaction not in CALENDAR]
    return len(tasks) == 2 and all(task.state == "done" for task in tasks)


def payment_sessions(folder: Path) -> int:
    return ask_sandbox(folder, "SELECT count(*) FROM session")


def undelivered_notices(folder: Path) -> int:
    return ask_sandbox(folder, "SELECT count(*) FROM event WHERE outcome = 'queued'")


def ask_sandbox(folder: Path, question: str) -> int:
    with sqlite3.connect(folder / "sandbox" / "sandbox.db") as connection:
        return int(connection.execute(question).fetchone()[0])
