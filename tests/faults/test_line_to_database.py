"""Rows of the fault table: the database restarted, killed or cut off; the line lost during COMMIT;
all connections in use. The shop is never restarted in between."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, text

from eterno.adapters.postgres.store import (
    CONNECT_TIMEOUT,
    POOL_PATIENCE,
    WATCHFULNESS,
    PostgresStore,
)
from eterno.entrypoints.http.together import SLOW
from tests.faults.conftest import Wired, is_refused_for_now, soon


def engine_of(wired: Wired) -> Any:
    return cast(PostgresStore, wired.shop.store()).engine


def orders(wired: Wired) -> int:
    return len(wired.shop.order_desk().latest(most=100))


@pytest.mark.parametrize("rudely", [False, True], ids=["with a goodbye", "with a reset"])
def test_while_the_database_is_away_everything_is_503_and_then_it_works_again(
    wired: Wired, rudely: bool
) -> None:
    """Row: database restarted, killed, connection cut."""
    assert wired.is_ready()

    wired.line.cut(rudely=rudely)
    for what, answer in wired.everything_that_writes().items():
        assert is_refused_for_now(answer), what
    assert is_refused_for_now(wired.client.get("/orders", headers=wired.admin))
    assert is_refused_for_now(wired.client.get("/health/ready"))
    assert wired.client.get("/health/live").status_code == 200
    assert wired.client.get("/products").status_code in (200, 503)

    wired.line.heal()
    soon(lambda: wired.check_out().status_code == 200)
    soon(wired.is_ready)
    assert wired.receive(1, "later").status_code == 201


@pytest.mark.parametrize("rudely", [False, True], ids=["with a goodbye", "with a reset"])
def test_connections_that_died_in_the_pool_cost_a_503_at_most(wired: Wired, rudely: bool) -> None:
    """Row: database restarted, killed, connection cut: while nobody asked for anything."""
    assert wired.check_out().status_code == 200
    wired.line.drop(rudely=rudely)

    answers = [wired.check_out() for _ in range(4)]

    refused = [answer for answer in answers if answer.status_code != 200]
    assert all(map(is_refused_for_now, refused))
    assert answers[-1].status_code == 200


def test_connections_cut_under_load_never_make_a_500_and_nothing_is_half_done(
    wired: Wired,
) -> None:
    """Row: database restarted, killed, connection cut: in the midst of everything."""
    stop = threading.Event()

    def buy(buyer: int) -> Counter[int]:
        told: Counter[int] = Counter()
        while not stop.is_set():
            told[wired.check_out(f"{buyer}-{told.total()}").status_code] += 1
        return told

    with ThreadPoolExecutor(4) as threads:
        told = [threads.submit(buy, buyer) for buyer in range(4)]
        for turn in range(6):
            time.sleep(0.1)
            wired.line.drop(rudely=turn % 2 == 0)
        time.sleep(0.2)
        stop.set()

    statuses = sum((future.result() for future in told), Counter())
    assert {*statuses} <= {200, 409, 503}
    assert statuses[200] > 0


def test_an_order_whose_commit_got_no_answer_is_found_by_its_key(wired: Wired) -> None:
    """Row: connection lost during COMMIT. The order is there, and is not placed twice."""
    wired.check_out("warm")
    before = orders(wired)
    wired.line.lose_answer_to(b"COMMIT")

    assert is_refused_for_now(wired.check_out("the one basket"))
    answer = wired.check_out("the one basket")
    if answer.status_code == 503:  # a connection of the pool that died with the other
        answer = wired.check_out("the one basket")

    assert answer.status_code == 200
    assert orders(wired) == before + 1


def test_a_delivery_whose_commit_got_no_answer_is_received_once(wired: Wired) -> None:
    """Row: connection lost during COMMIT."""
    wired.receive(1, "warm")
    wired.line.lose_answer_to(b"COMMIT")

    answers = [wired.receive(7, "a parcel") for _ in range(4)]

    assert is_refused_for_now(answers[0])
    assert answers[-1].status_code == 201
    assert answers[-1].json()["on_hand"] == 108


def test_a_notice_whose_commit_got_no_answer_is_asked_for_again(wired: Wired) -> None:
    """Row: connection lost during COMMIT. Stripe repeats what was refused."""
    wired.hear("evt_warm")
    wired.line.lose_answer_to(b"COMMIT")

    assert is_refused_for_now(wired.hear("evt_lost"))
    soon(lambda: wired.hear("evt_lost").status_code == 200)

    assert wired.hear("evt_lost").json()["outcome"] == "repeated"


def test_a_slow_line_makes_it_slow_and_nothing_else(wired: Wired) -> None:
    wired.line.delay = 0.01

    assert wired.check_out().status_code == 200
    assert wired.is_ready()


def test_a_database_that_swallows_everything_keeps_only_those_who_asked_it(wired: Wired) -> None:
    """The others are told to come back; when it speaks again all goes on."""
    for _ in range(2):
        assert wired.check_out().status_code == 200
    wired.line.swallow()
    with ThreadPoolExecutor(6) as threads:
        try:
            asked = []
            for _ in range(2):  # one for each connection
                asked.append(threads.submit(wired.check_out))
                time.sleep(2 * SLOW)
            others = [threads.submit(wired.check_out) for _ in range(4)]
            soon(lambda: all(other.done() for other in others), POOL_PATIENCE + CONNECT_TIMEOUT + 2)
            assert all(is_refused_for_now(other.result()) for other in others)
            assert wired.client.get("/health/live").status_code == 200
        finally:
            wired.line.heal()
        assert {each.result(10).status_code for each in asked} <= {200, 503}
    soon(lambda: wired.check_out().status_code == 200)


def test_a_server_that_vanished_is_given_up(wired: Wired) -> None:
    """What no proxy can do: not even its machine answers. The kernel is asked to notice."""
    with engine_of(wired).connect() as connection:
        driver: Any = connection.connection.driver_connection
        with socket.socket(fileno=driver.fileno()) as line:
            idle = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            limit = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            line.detach()
    assert (idle, limit) == (WATCHFULNESS["keepalives_idle"], WATCHFULNESS["tcp_user_timeout"])


@contextmanager
def shelves_held(uri: str) -> Iterator[None]:
    """Somebody holds every shelf, so that checkouts wait, each with its connection."""
    engine = create_engine(uri)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT 1 FROM shelves FOR UPDATE"))
            yield
    finally:
        engine.dispose()


def test_with_all_connections_in_use_others_wait_a_second_and_notices_none(wired: Wired) -> None:
    """Row: pool exhausted."""

    def timed(ask: Callable[[], Any]) -> tuple[Any, float]:
        began = time.monotonic()
        return ask(), time.monotonic() - began

    with ThreadPoolExecutor(4) as threads:
        with shelves_held(wired.uri):
            waiting = [threads.submit(wired.check_out) for _ in range(2)]
            soon(lambda: engine_of(wired).pool.checkedout() == 2)
            answer, took = timed(lambda: wired.client.get("/orders", headers=wired.admin))
            assert is_refused_for_now(answer)
            assert took < POOL_PATIENCE + 1
            assert wired.hear("evt_meanwhile").status_code == 200
            assert wired.is_ready()
        assert {future.result().status_code for future in waiting} == {200}
    assert wired.client.get("/orders", headers=wired.admin).status_code == 200
