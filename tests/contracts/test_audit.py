from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor, AuditEntry
from tests.contracts.conftest import Bench
from tests.contracts.test_admins import add
from tests.contracts.test_store import Trouble
from tests.support.clock import NOON


@pytest.fixture
def rosa(store: Store) -> Actor:
    return Actor(admin_id=add(store, "rosa").id, username="rosa", request_id="request-1")


def entry(actor: Actor, subject: str = "product 7") -> AuditEntry:
    return AuditEntry(
        at=NOON,
        actor=actor,
        action="edit product",
        subject=subject,
        before={"name": "Oat", "ingredients": ["oats"], "img_key": None},
        after={"name": "Oat & Honey \N{BAR OF SOAP}", "ingredients": [], "archived": True},
    )


def record(store: Store, *entries: AuditEntry) -> None:
    with store.begin() as work:
        for each in entries:
            work.audit.record(each)


def test_a_line_is_kept_as_it_was_written(bench: Bench, rosa: Actor) -> None:
    written = entry(rosa)
    record(bench.store, written)

    [shown] = bench.audit.entries()

    assert shown.entry == written


def test_what_was_made_has_no_before_and_what_was_removed_no_after(
    bench: Bench, rosa: Actor
) -> None:
    made, removed = replace(entry(rosa), before=None), replace(entry(rosa), after=None)
    record(bench.store, made, removed)

    assert [shown.entry for shown in bench.audit.entries()] == [removed, made]


def test_a_line_is_written_only_if_its_work_is_done(bench: Bench, rosa: Actor) -> None:
    with suppress(Trouble), bench.store.begin() as work:
        work.audit.record(entry(rosa))
        raise Trouble

    assert bench.audit.entries() == []


def test_nobody_who_never_was_did_anything(bench: Bench) -> None:
    ghost = Actor(admin_id=999, username="ghost", request_id="request-1")

    with pytest.raises(bench.broken_rule):
        record(bench.store, entry(ghost))


# Looking at it


def test_the_newest_line_is_shown_first_and_ids_rise(bench: Bench, rosa: Actor) -> None:
    record(bench.store, *(entry(rosa, f"product {n}") for n in range(1, 4)))

    shown = bench.audit.entries()

    assert [line.entry.subject for line in shown] == ["product 3", "product 2", "product 1"]
    assert [line.id for line in shown] == sorted((line.id for line in shown), reverse=True)


def test_lines_are_shown_a_page_at_a_time(bench: Bench, rosa: Actor) -> None:
    record(bench.store, *(entry(rosa, f"product {n}") for n in range(1, 6)))

    first = bench.audit.entries(most=2)
    second = bench.audit.entries(most=2, below=first[-1].id)
    record(bench.store, entry(rosa, "product 6"))
    last = bench.audit.entries(most=2, below=second[-1].id)

    numbers = [int(line.entry.subject[-1]) for line in (*first, *second, *last)]
    assert numbers == [5, 4, 3, 2, 1]


def test_lines_about_one_subject_are_shown_by_themselves(bench: Bench, rosa: Actor) -> None:
    record(bench.store, *(entry(rosa, f"product {n}") for n in (7, 8, 7, 77)))

    shown = bench.audit.entries(subject="product 7")

    assert [line.entry.subject for line in shown] == ["product 7"] * 2
    assert len(bench.audit.entries(subject="product 7", below=shown[0].id)) == 1


@pytest.mark.parametrize("subject", ["", "product", "product 7 ", "%", "\0", "\ud800"])
def test_about_anything_else_there_is_nothing(bench: Bench, rosa: Actor, subject: str) -> None:
    record(bench.store, entry(rosa))

    assert bench.audit.entries(subject=subject) == []


# Only PostgreSQL


@pytest.mark.parametrize(
    "statement",
    [
        update(tables.audit_entries).values(username="somebody"),
        delete(tables.audit_entries),
        text("TRUNCATE audit_entries"),
    ],
    ids=["changed", "taken out", "emptied"],
)
def test_the_trail_cannot_be(database_uri: str, statement: object) -> None:
    store = PostgresStore(database_uri)
    actor = Actor(admin_id=add(store, "rosa").id, username="rosa", request_id="request-1")
    record(store, entry(actor))

    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    store.close()
