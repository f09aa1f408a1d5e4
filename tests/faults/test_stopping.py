"""Row of the fault table: SIGTERM: what is under way is answered, within ten seconds."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from eterno.adapters.postgres.store import PostgresStore
from tests.builders import put_on_sale
from tests.faults.test_line_to_database import shelves_held
from tests.support import audit
from tests.support.processes import serving


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
