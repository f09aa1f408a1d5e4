"""Row of the fault table: SIGTERM: what is under way is answered, within ten seconds."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from eterno.adapters.postgres.store import PostgresStore
from tests.builders import put_on_sale
from tests.faults.test_line_to_database import shelves_held
from tests.support import audit
from tests.support.processes import PATIENCE, serving
from tests.support.turmoil import until

DRAIN_SECONDS = 4
"""In the lazy shop."""


def test_a_buyer_who_is_being_served_gets_her_answer(database_uri: str, tmp_path: Path) -> None:
    store = PostgresStore(database_uri)
    soap = put_on_sale(store)
    store.close()
    basket = {"items": [{"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}]}
    with serving(database_uri, tmp_path) as server, ThreadPoolExecutor(1) as threads:
        server.wait_until_ready()
        with shelves_held(database_uri):
            asked = threads.submit(
                lambda: httpx.post(f"{server.url}/api/checkout", json=basket, timeout=20)
            )
            time.sleep(0.5)
            server.process.terminate()
            time.sleep(0.5)
            assert not asked.done()
        began = time.monotonic()
        assert asked.result().status_code == 200
        assert server.process.wait(15) == 0
        assert time.monotonic() - began < 10
    assert audit.faults(database_uri) == {}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_buyer_and_all_jobs_have_their_time_together(
    database_uri: str, tmp_path: Path, workers: str
) -> None:
    """One after the other, eight jobs that do not end would have had it eight times."""
    store = PostgresStore(database_uri)
    soap = put_on_sale(store)
    store.close()
    basket = {"items": [{"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}]}
    words = ("serve", "--with-worker", "--workers", workers)
    lazy = serving(database_uri, tmp_path, *words, module="tests.support.lazy_shop")
    with lazy as server, ThreadPoolExecutor(1) as threads:
        server.wait_until_ready()
        until(lambda: "tick" in server.log.read_text())
        with shelves_held(database_uri):
            asked = threads.submit(
                lambda: httpx.post(f"{server.url}/api/checkout", json=basket, timeout=20)
            )
            time.sleep(0.5)
            server.process.terminate()
            began = time.monotonic()
            until(lambda: is_silent(server.log), within=DRAIN_SECONDS - 1)
            assert not asked.done()
        assert asked.result().status_code == 200
        assert server.process.wait(PATIENCE) == 0
        assert DRAIN_SECONDS <= time.monotonic() - began < 4 * DRAIN_SECONDS


def is_silent(log: Path) -> bool:
    """The worker begins nothing any more: its clock does not tick."""
    before = log.read_text().count("tick")
    time.sleep(0.5)
    return log.read_text().count("tick") == before
