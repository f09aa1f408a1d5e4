"""Statements that go past SQLAlchemy's execution do what they would have done by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.store import StoreUnavailable
from tests.support.cluster import connect

CATEGORY = {"name": "Gifts", "description": "Wrapped"}


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri, connections=2)
    yield store
    store.close()


def said_both_ways(store: PostgresStore, statement: Any, values: dict[str, object]) -> Any:
    """The rows, which are the same."""
    with store.transaction() as (line, _):
        by_line = [tuple(row) for row in line.execute(Prebuilt(statement), values)]
        by_sqlalchemy = [tuple(row) for row in line.execute(statement, values)]
    assert by_line == by_sqlalchemy
    return by_line


def test_values_of_every_kind_arrive_as_they_do_by_sqlalchemy(store: PostgresStore) -> None:
    statement = select(
        bindparam("ids", type_=ARRAY(BigInteger)),
        bindparam("facts", type_=JSON),
        literal("a constant"),
        func.coalesce(bindparam("nothing", type_=BigInteger), 7),
    )
    values: dict[str, object] = {"ids": [1, 2], "facts": {"a": ["%", "\u00e9"]}, "nothing": None}

    [row] = said_both_ways(store, statement, values)

    assert row == ([1, 2], {"a": ["%", "\u00e9"]}, "a constant", 7)


def test_columns_of_an_insert_and_an_update_are_named_beforehand(store: PostgresStore) -> None:
    add = Prebuilt(insert(tables.categories), "name", "description")
    rename = Prebuilt(
        update(tables.categories).where(tables.categories.c.name == bindparam("known")), "name"
    )
    with store.transaction() as (line, _):
        line.execute(add, CATEGORY)
        assert line.execute(rename, {"known": "Gifts", "name": "Presents"}).rowcount == 1
        assert line.execute(rename, {"known": "Gifts", "name": "Nobody"}).rowcount == 0
        [row] = line.execute(Prebuilt(select(tables.categories)), {})

    assert (row.name, row.description) == ("Presents", "Wrapped")


def test_a_value_that_lacks_is_said(store: PostgresStore) -> None:
    with store.transaction() as (line, _), pytest.raises(KeyError, match="known"):
        line.execute(Prebuilt(select(bindparam("known", type_=BigInteger))), {})


def test_what_the_work_did_not_finish_is_undone(store: PostgresStore) -> None:
    add = Prebuilt(insert(tables.categories), "name", "description")

    def fail_half_way() -> None:
        with store.transaction() as (line, _):
            line.execute(add, CATEGORY)
            line.execute(add, {**CATEGORY, "name": None})

    with pytest.raises(psycopg.IntegrityError):
        fail_half_way()

    assert count(store) == 0


def test_of_a_pool_that_died_one_work_at_most_hears(store: PostgresStore) -> None:
    """The first to notice tells SQLAlchemy, which forgets the others."""
    with store.look() as one, store.look() as other:
        dead = [pid_of(one), pid_of(other)]
    with connect(store.engine.url.render_as_string(hide_password=False)) as somebody:
        for pid in dead:
            somebody.execute("SELECT pg_terminate_backend(%s)", [pid])

    with pytest.raises(StoreUnavailable), store.transaction():
        pass
    with store.transaction() as (line, _), store.transaction() as (another, _):
        assert {pid_of(line.connection), pid_of(another.connection)}.isdisjoint(dead)


def say_something(line: Line) -> None:
    line.execute(Prebuilt(text("SELECT 1")), {})


def say_something_by_sqlalchemy(line: Line) -> None:
    line.execute(text("SELECT 1"))


def say_nothing_more(_: Line) -> None:
    """The store says COMMIT."""


@pytest.mark.parametrize(
    "go_on",
    [say_something, say_something_by_sqlalchemy, say_nothing_more],
    ids=lambda go: go.__name__,
)
def test_a_work_that_dawdled_until_the_server_ended_it_is_told_to_come_again(
    store: PostgresStore, go_on: Callable[[Line], None]
) -> None:
    """As a process that was suspended for a while is."""
    add = Prebuilt(insert(tables.categories), "name", "description")

    def dawdle() -> None:
        with store.transaction() as (line, _):
            line.execute(add, CATEGORY)
            line.execute(text("SET LOCAL idle_in_transaction_session_timeout = '5ms'"))
            time.sleep(0.3)
            go_on(line)

    with pytest.raises(StoreUnavailable):
        dawdle()

    assert count(store) == 0


def test_a_store_is_closed_when_those_who_use_it_have_finished(database_uri: str) -> None:
    """A connection that came back later would be nobody's."""
    store = PostgresStore(database_uri, connections=2)
    with store.look() as connection:
        closing = threading.Thread(target=store.close)
        closing.start()
        closing.join(0.2)
        assert closing.is_alive()
        assert pid_of(connection)
    closing.join(5)
    assert not closing.is_alive()
    assert store.engine.pool.checkedin() == 0  # type: ignore[attr-defined]


def pid_of(connection: Connection) -> int:
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def count(store: PostgresStore) -> int:
    with store.look() as connection:
        line = Line(connection)
        question = select(func.count()).select_from(tables.categories)
        return int(line.execute(Prebuilt(question), {}).scalar_one())
