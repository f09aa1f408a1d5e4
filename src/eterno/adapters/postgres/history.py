"""What happened to orders, in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import insert_all
from eterno.adapters.postgres.line import Line
from eterno.adapters.postgres.mapping import fields_of
from eterno.domain.history import EventKind, OrderEvent

events = tables.order_events

TIMELINE = select(events).where(events.c.order_id == bindparam("order")).order_by(events.c.id)


class PostgresHistory:
    def __init__(self, line: Line) -> None:
        self._line = line

    def record(self, *happened: OrderEvent) -> None:
        rows = [{**fields_of(event), "kind": event.kind.value} for event in happened]
        insert_all(self._line, events, rows)


def event_of(row: Row[Any]) -> OrderEvent:
    return OrderEvent(
        order_id=row.order_id,
        at=row.at,
        kind=EventKind(row.kind),
        actor=row.actor,
        facts=row.facts,
        words=row.words,
    )
