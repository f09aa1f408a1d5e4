"""Row of the fault table: started while the database is away, nothing has to be started again."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx
import pytest

from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.system.ids import SystemIds
from eterno.application.contact.send_message import SendMessage
from tests.faults.conftest import soon
from tests.support.cluster import ask
from tests.support.fault_proxy import line_to_database
from tests.support.processes import PATIENCE, python, serving

SAYS = "waiting for the database"
UNDONE = "SELECT count(*) FROM outbox WHERE done_at IS NULL"


def test_a_server_waits_for_the_database(database_uri: str, tmp_path: Path) -> None:
    with line_to_database(database_uri) as (line, uri):
        line.cut()
        with serving(uri, tmp_path) as server:
            soon(lambda: SAYS in server.log.read_text(), PATIENCE)
            line.heal()
            soon(lambda: is_ready(server.url))
            assert server.stop() == 0


def test_a_worker_waits_for_the_database(database_uri: str, tmp_path: Path) -> None:
    """And then does what there was to do."""
    log = tmp_path / "worker.log"
    store = PostgresStore(database_uri)
    write = SendMessage(store, SystemIds())
    write(name="Ada", email="ada@example.org", text="Is it vegan?", client="192.0.2.1")
    store.close()
    assert ask(database_uri, UNDONE) == "1"
    with line_to_database(database_uri) as (line, uri):
        line.cut()
        with python(["-m", "eterno.entrypoints.cli", "worker"], uri, tmp_path, log) as worker:
            soon(lambda: SAYS in log.read_text(), PATIENCE)
            line.heal()
            soon(lambda: ask(database_uri, UNDONE) == "0")
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(PATIENCE) == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_who_waits_can_be_told_to_stop(command: str, database_uri: str, tmp_path: Path) -> None:
    log = tmp_path / "waiting.log"
    with line_to_database(database_uri) as (line, uri):
        line.cut()
        with python(["-m", "eterno.entrypoints.cli", command], uri, tmp_path, log) as process:
            soon(lambda: SAYS in log.read_text(), PATIENCE)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=1).is_success
    except httpx.HTTPError:
        return False
