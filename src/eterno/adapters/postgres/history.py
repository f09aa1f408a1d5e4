"""What happened to orders, in PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, insert, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.domain.history import EventKind, OrderEvent

events = tables.order_events

_RECORD = Prebuilt(insert(events), "order_id", "at", "kind", "actor", "facts", "words")
TIMELINE = select(events).where(events.c.order_id == bindparam("order")).order_by(events.c.id)


class PostgresHistory:
    def __init__(self, line: Line) -> None:
        self._line = line

    def record(self, event: OrderEvent) -> None:
        self._line.execute(
            _RECORD,
            {
                "order_id": event.order_id,
                "at": event.at,
                "kind": event.kind.value,
                "actor": event.actor,
                "facts": event.facts,
                "words": event.words,
            },
        )


def event_of(row: Row[Any]) -> OrderEvent:
    return OrderEvent(
        order_id=row.order_id,
        at=row.at,
        kind=EventKind(row.kind),
        actor=row.actor,
        facts=row.facts,
        words=row.words,
    )
