"""The inbox of payment notices and the outbox of tasks in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Row,
    Update,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import insert_all
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.sequels import sequel_document, sequel_of
from eterno.application.ports.payments import Sequel
from eterno.application.ports.queues import Task
from eterno.application.ports.views import ShownTask

notices, outbox = tables.payment_notices, tables.outbox

_RECEIVE = Prebuilt(
    insert_or(notices).on_conflict_do_nothing().returning(notices.c.id),
    *("id", "kind", "received_at"),
)
_CLOSE = Prebuilt(
    update(notices).where(notices.c.id == bindparam("notice")),
    *("outcome", "closed_at", "order_id"),
)
_ADD_ONCE = Prebuilt(
    insert_or(outbox).on_conflict_do_nothing().returning(outbox.c.id),
    *("id", "reaction", "facts", "created_at", "due_at"),
)
_KEPT = Prebuilt(
    select(notices.c.id, notices.c.sequel)
    .where(notices.c.intent_id == bindparam("intent"))
    .order_by(notices.c.received_at, notices.c.id)
)
_UNDECIDED = (outbox.c.done_at.is_(None), outbox.c.dead_at.is_(None))
_FREE = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("now"))
_NEXT_DUE = (
    select(outbox.c.id)
    .where(*_UNDECIDED, outbox.c.due_at <= bindparam("now"), _FREE)
    .where(outbox.c.attempts < bindparam("limit"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("next_due")  # one with row locks is read once, so never more than `most` are claimed
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id == _NEXT_DUE.c.id)
    .values(attempts=outbox.c.attempts + 1, leased_until=bindparam("until"))
    .returning(outbox.c.id, outbox.c.reaction, outbox.c.facts, outbox.c.attempts)
)
_USED_UP = (
    update(outbox)
    .where(*_UNDECIDED, _FREE, outbox.c.due_at <= bindparam("now"))
    .where(outbox.c.attempts >= bindparam("limit"))
    .values(
        dead_at=bindparam("now"),
        leased_until=null(),
        error="the process died during the last attempt",
    )
)
_MINE = (
    update(outbox)
    .where(outbox.c.id == bindparam("task"), outbox.c.attempts == bindparam("attempt"))
    .where(*_UNDECIDED)
)
"""Ticking off by id and attempt: whoever lost the lease has lost the right as well."""
_REVIVE = (
    update(outbox)
    .where(outbox.c.id == bindparam("task"), outbox.c.dead_at.is_not(None))
    .values(dead_at=null(), attempts=0, due_at=bindparam("now"))
)

standing = case(
    (outbox.c.done_at.is_not(None), "done"),
    (outbox.c.dead_at.is_not(None), "dead"),
    (outbox.c.leased_until > func.now(), "leased"),
    else_="due",
)
SHOWN_TASKS = select(outbox, standing.label("state"))


class PostgresInbox:
    def __init__(self, line: Line) -> None:
        self._line = line

    def receive(self, id: str, kind: str, at: datetime) -> bool:
        news = self._line.execute(_RECEIVE, {"id": id, "kind": kind, "received_at": at})
        return news.one_or_none() is not None

    def close(self, id: str, outcome: str, at: datetime, order_id: UUID | None) -> None:
        terms = {"outcome": str(outcome), "closed_at": at, "order_id": order_id}
        self._line.execute(_CLOSE, {"notice": id, **terms})

    def keep(self, id: str, intent_id: str, sequel: Sequel) -> None:
        self._line.execute(
            update(notices)
            .where(notices.c.id == id)
            .values(intent_id=intent_id, sequel=sequel_document(sequel))
        )

    def kept(self, intent_id: str) -> Sequence[tuple[str, Sequel]]:
        rows = self._line.execute(_KEPT, {"intent": intent_id})
        return [(row.id, sequel_of(row.sequel)) for row in rows]


class PostgresOutbox:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, tasks: Iterable[Task], at: datetime) -> None:
        insert_all(self._line, outbox, [_row(task, at) for task in tasks])

    def add_once(self, task: Task, at: datetime) -> bool:
        added = self._line.execute(_ADD_ONCE, _row(task, at))
        return added.one_or_none() is not None

    def claim(self, now: datetime, *, lease: timedelta, most: int, attempts: int) -> Sequence[Task]:
        terms = {"now": now, "limit": attempts}
        self._line.execute(_USED_UP, terms)
        rows = self._line.execute(_CLAIM, {**terms, "until": now + lease, "most": most})
        return [
            Task(id=row.id, reaction=row.reaction, facts=row.facts, attempts=row.attempts)
            for row in rows
        ]

    def done(self, task: Task, at: datetime) -> bool:
        return self._decide(task, _MINE.values(done_at=at, leased_until=null(), error=null()))

    def postpone(self, task: Task, until: datetime, error: str) -> bool:
        return self._decide(task, _MINE.values(due_at=until, leased_until=null(), error=error))

    def bury(self, task: Task, at: datetime, error: str) -> bool:
        return self._decide(task, _MINE.values(dead_at=at, leased_until=null(), error=error))

    def revive(self, id: UUID, at: datetime) -> bool:
        return self._line.execute(_REVIVE, {"task": id, "now": at}).rowcount == 1

    def _decide(self, task: Task, decision: Update) -> bool:
        terms = {"task": task.id, "attempt": task.attempts}
        return self._line.execute(decision, terms).rowcount == 1


def shown_task(row: Row[Any]) -> ShownTask:
    """From a row of `SHOWN_TASKS`."""
    return ShownTask(
        id=row.id,
        reaction=row.reaction,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        error=row.error,
    )


def _row(task: Task, at: datetime) -> dict[str, object]:
    return {
        "id": task.id,
        "reaction": task.reaction,
        "facts": dict(task.facts),
        "created_at": at,
        "due_at": at,
    }
