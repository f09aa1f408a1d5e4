"""Reading without rules, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, text

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.grouping import grouped
from eterno.adapters.postgres.history import TIMELINE, event_of
from eterno.adapters.postgres.mapping import audit_entry_of, message_of, order_of
from eterno.adapters.postgres.order_search import found_by
from eterno.adapters.postgres.queues import SHOWN_TASKS, shown_task, standing
from eterno.adapters.postgres.refunds import OF_ORDER, refund_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.text import can_be_kept
from eterno.application.ports.views import OrderQuery, Pulse, ShownEntry, ShownTask
from eterno.domain.contact import Message
from eterno.domain.errors import NotFound
from eterno.domain.history import OrderEvent
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund

_PULSE = text("""
    SELECT (SELECT coalesce(sum(reserved), 0) FROM shelves) AS held_units,
           (SELECT count(*) FROM orders WHERE state = 'awaiting') AS awaiting,
           (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL) AS dead,
           count(*) AS due,
           coalesce(now() - min(due_at), interval '0') AS oldest_due
    FROM outbox
    WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= now()
      AND (leased_until IS NULL OR leased_until <= now())
""")


class PostgresShopPulse:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def feel(self) -> Pulse:
        with self._store.look() as connection:
            return Pulse(**connection.execute(_PULSE).one()._mapping)


class PostgresOrderDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def latest(self, *, state: OrderState | None = None, most: int = 50) -> Sequence[Order]:
        question = select(tables.orders).order_by(tables.orders.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(tables.orders.c.state == state.value)
        return read_orders(self._store, question)

    def find(self, name: str) -> Order:
        question = select(tables.orders).where(_named(name))
        found = read_orders(self._store, question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def search(self, query: OrderQuery) -> Sequence[Order]:
        if not can_be_kept(query.text):
            return ()
        return read_orders(self._store, found_by(query))

    def by_token(self, token: str) -> Order:
        return self._only(tables.orders.c.token, token)

    def by_session(self, session_id: str) -> Order:
        return self._only(tables.orders.c.session_id, session_id)

    def by_intent(self, intent_id: str) -> Order:
        return self._only(tables.orders.c.intent_id, intent_id)

    def refunds(self, order_id: UUID) -> Sequence[Refund]:
        with self._store.look() as connection:
            return [refund_of(row) for row in connection.execute(OF_ORDER, {"order": order_id})]

    def _only(self, column: ColumnElement[str], name: str) -> Order:
        question = select(tables.orders).where(column == name)
        found = read_orders(self._store, question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def timeline(self, order_id: UUID) -> Sequence[OrderEvent]:
        with self._store.look() as connection:
            return [event_of(row) for row in connection.execute(TIMELINE, {"order": order_id})]


class PostgresOutboxDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def tasks(
        self, *, state: str | None = None, after: UUID | None = None, most: int = 50
    ) -> Sequence[ShownTask]:
        question = SHOWN_TASKS.order_by(tables.outbox.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(standing == state)
        if after is not None:
            question = question.where(tables.outbox.c.id < after)
        with self._store.look() as connection:
            return [shown_task(row) for row in connection.execute(question)]


class PostgresMessageDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def latest(self, *, after: UUID | None = None, most: int = 50) -> Sequence[Message]:
        messages = tables.messages
        question = select(messages).order_by(messages.c.id.desc()).limit(most)
        if after is not None:
            question = question.where(messages.c.id < after)
        with self._store.look() as connection:
            return [message_of(row) for row in connection.execute(question)]


class PostgresAuditDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def entries(
        self, *, subject: str | None = None, below: int | None = None, most: int = 50
    ) -> Sequence[ShownEntry]:
        audit = tables.audit_entries
        question = select(audit).order_by(audit.c.id.desc()).limit(most)
        if subject is not None:
            if not can_be_kept(subject):
                return []
            question = question.where(audit.c.subject == subject)
        if below is not None:
            question = question.where(audit.c.id < below)
        with self._store.look() as connection:
            return [
                ShownEntry(id=row.id, entry=audit_entry_of(row))
                for row in connection.execute(question)
            ]


def read_orders(store: PostgresStore, question: Select[Any]) -> Sequence[Order]:
    """The orders that a question over their table is about, with their lines: two statements."""
    lines = tables.order_lines
    with store.look() as connection:
        rows = connection.execute(question).all()
        of_order = grouped(
            connection.execute(
                select(lines)
                .where(lines.c.order_id.in_([row.id for row in rows]))
                .order_by(lines.c.variant_id)
            ),
            lambda line: line.order_id,
        )
        return [order_of(row, of_order[row.id]) for row in rows]


def _named(name: str) -> ColumnElement[bool]:
    orders = tables.orders
    if name.isascii() and name.isdigit() and len(name) < 19:
        return orders.c.number == int(name)
    try:
        return or_(orders.c.token == name, orders.c.id == UUID(name))
    except ValueError:
        return orders.c.token == name
