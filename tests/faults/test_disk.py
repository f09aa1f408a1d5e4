"""Row of the fault table: disk full, read-only. Reads go on, writes are 503, notices are refused so
that Stripe keeps them, readiness is red; and when there is room again all is well by itself.

What needs no privileges: a database set to read-only; a quota of nothing for temporary files,
which PostgreSQL enforces itself; and statements that fail with the words and the code (53100) that
PostgreSQL uses when the file system has no room. (A disk that is full for WAL stops the server:
that is the row of the killed database.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.faults.conftest import Wired, is_refused_for_now, soon

_FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
    END $$;
    DO $$ DECLARE t text; BEGIN
        FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON %I'
                           ' FOR EACH STATEMENT EXECUTE FUNCTION no_room()', t);
        END LOOP;
    END $$
"""
_ROOM = "DROP FUNCTION no_room CASCADE"


def run(uri: str, *statements: str) -> None:
    engine = create_engine(uri, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


@contextmanager
def setting(wired: Wired, name: str, value: str) -> Iterator[None]:
    """For every session of this database that begins from now on; those before are ended."""
    name_of_database = make_url(wired.uri).database
    run(wired.uri, f'ALTER DATABASE "{name_of_database}" SET {name} = {value}')
    wired.line.drop()
    yield
    run(
        wired.uri,
        "SET default_transaction_read_only = off",
        f'ALTER DATABASE "{name_of_database}" RESET {name}',
    )
    wired.line.drop()


@contextmanager
def read_only(wired: Wired) -> Iterator[None]:
    with setting(wired, "default_transaction_read_only", "on"):
        yield


@contextmanager
def full(wired: Wired) -> Iterator[None]:
    run(wired.uri, _FULL)
    with setting(wired, "temp_file_limit", "0"):
        yield
    run(wired.uri, _ROOM)


@pytest.mark.parametrize("trouble", [read_only, full], ids=["read-only", "full"])
def test_reads_go_on_and_writes_are_503_until_there_is_room_again(
    wired: Wired, trouble: Callable[[Wired], AbstractContextManager[None]]
) -> None:
    page = f"/products/{wired.soap.product_id}"
    assert wired.is_ready()

    with trouble(wired):
        soon(lambda: wired.client.get(page).status_code == 200)
        soon(lambda: wired.client.get("/orders", headers=wired.admin).status_code == 200)
        assert is_refused_for_now(wired.client.get("/health/ready"))
        for _ in range(2):  # the second time by connections that are fresh
            for what, answer in wired.everything_that_writes().items():
                assert is_refused_for_now(answer), what
        assert wired.client.get(page).json()["variants"][0]["stock_quantity"] == 100

    soon(wired.is_ready)
    soon(
        lambda: all(answer.status_code != 503 for answer in wired.everything_that_writes().values())
    )
    assert wired.hear("evt_of_a_fault").json()["outcome"] == "repeated"
