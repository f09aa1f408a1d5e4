"""Two processes on one database: what one changes, the other shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient

from eterno.domain.catalog import Variant
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.builders import put_on_sale
from tests.support.cluster import connect

BOUND = 2.0
"""Seconds. What is promised is less (bench G5), but other tests may keep this machine busy."""


@contextmanager
def process(uri: str, folder: Path) -> Iterator[tuple[Shop, TestClient[Any]]]:
    settings = read_settings({"ETERNO_DATA_DIR": str(folder), "CHECKOUT_LIMITS": "off"})
    with (
        live(settings, uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        yield shop, client


Two = tuple[TestClient[Any], TestClient[Any], Variant]


@pytest.fixture
def two(database_uri: str, tmp_path: Path) -> Iterator[Two]:
    """Their front doors, and a soap of which there are 50."""
    with ExitStack() as stack:
        shop, here = stack.enter_context(process(database_uri, tmp_path))
        _, there = stack.enter_context(process(database_uri, tmp_path))
        soap = put_on_sale(shop.store(), pieces=50)
        yield here, there, soap


def left(client: TestClient[Any], soap: Variant) -> int:
    variants = client.get(f"/products/{soap.product_id}/variants").json()
    return sum(int(each["stock_quantity"]) for each in variants)  # at first there may be none


def buy(client: TestClient[Any], soap: Variant) -> None:
    item = {"id": soap.id, "quantity": 1, "price": 8.99}
    assert client.post("/api/checkout", json={"items": [item]}).status_code == 200


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.005)
    return False


def cut_feeds(somebody: psycopg.Connection) -> int:
    """How many connections were cut whose last question was what has changed."""
    cut = somebody.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND query ~ 'pg_current_snapshot'"
    )
    somebody.commit()  # what it shows stays the same within a transaction
    return cut.fetchall().count((True,))


def test_a_sale_is_shown_at_once_here_and_soon_there(two: Two) -> None:
    here, there, soap = two
    for sold in range(1, 11):
        buy(here, soap)
        assert left(here, soap) == 50 - sold
        expected = 50 - sold
        assert within(BOUND, lambda expected=expected: left(there, soap) == expected)  # type: ignore[misc]


def test_what_is_written_past_the_shop_is_shown_too(two: Two, database_uri: str) -> None:
    here, there, soap = two
    assert within(BOUND, lambda: left(here, soap) == left(there, soap) == 50)
    with connect(database_uri) as somebody:
        somebody.execute("UPDATE shelves SET on_hand = 7")

    assert within(BOUND, lambda: left(here, soap) == left(there, soap) == 7)


def test_with_its_feed_cut_again_and_again_the_shop_stays_fresh(
    two: Two, database_uri: str
) -> None:
    here, there, soap = two
    for pieces in range(40, 35, -1):
        with connect(database_uri) as somebody:
            assert within(BOUND, lambda somebody=somebody: cut_feeds(somebody) > 0)  # type: ignore[misc]
            somebody.execute("UPDATE shelves SET on_hand = %s", [pieces])
            somebody.commit()
        expected = pieces
        for client in (here, there):
            assert within(
                BOUND,
                lambda client=client, expected=expected: left(client, soap) == expected,  # type: ignore[misc]
            )
