"""SIGTERM at any moment, also while starting: the process ends, and all that it began with it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from tests.support.processes import Server, serving

SOON = 15.0
"""Seconds: a busy machine starts and stops slowly."""
ORDERLY = {0, -15}
"""Before Python has read our first line, a signal ends it by itself."""


def family(server: Server) -> list[psutil.Process]:
    first = psutil.Process(server.process.pid)
    return [first, *first.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=SOON)
    return not alive


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("after", [0.0, 0.1, 0.3, 0.6, 1.0, 1.5])
def test_a_server_that_is_still_starting_stops(
    database_uri: str, tmp_path: Path, after: float, workers: str
) -> None:
    with serving(database_uri, tmp_path, "serve", "--workers", workers) as server:
        time.sleep(after)
        everybody = family(server)

        assert server.stop() in ORDERLY
        assert gone(everybody)
        assert "Traceback" not in server.log.read_text()


@pytest.mark.parametrize("workers", ["1", "3"])
def test_a_server_that_answers_stops(database_uri: str, tmp_path: Path, workers: str) -> None:
    with serving(database_uri, tmp_path, "serve", "--with-worker", "--workers", workers) as server:
        server.wait_until_ready()
        everybody = family(server)

        assert server.stop() == 0
        assert gone(everybody)
        assert "/health/ready" in server.log.read_text(), "the last lines are written, too"


def test_a_process_that_dies_is_replaced(database_uri: str, tmp_path: Path) -> None:
    with serving(database_uri, tmp_path, "serve", "--workers", "2") as server:
        server.wait_until_ready()
        hands = [each for each in family(server) if "spawn_main" in " ".join(each.cmdline())]
        assert len(hands) == 2
        for hand in hands:
            hand.kill()

        server.wait_until_ready()
        assert len(re.findall("of the server died", server.log.read_text())) >= 1
        assert httpx.get(f"{server.url}/products").status_code == 200
        assert server.stop() == 0


def test_without_the_one_that_looks_after_them_they_stop(database_uri: str, tmp_path: Path) -> None:
    with serving(database_uri, tmp_path, "serve", "--workers", "2") as server:
        server.wait_until_ready()
        everybody = family(server)

        server.kill()

        assert gone(everybody)
