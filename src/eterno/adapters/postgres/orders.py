"""Orders and the money ledger in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.mapping import line_rows, order_changes, order_of, order_row
from eterno.application.ports.orders import LedgerEntry, OpenCheckouts
from eterno.application.ports.store import CollidedWork
from eterno.domain.errors import NotFound
from eterno.domain.orders import HOLDING, NEXT, Order, OrderState

orders, order_lines = tables.orders, tables.order_lines

_BY_ID = select(orders).where(orders.c.id == bindparam("name"))
_BY_TOKEN = select(orders).where(orders.c.token == bindparam("name"))
_BY_INTENT = select(orders).where(orders.c.intent_id == bindparam("name"))
_BY_KEY = select(orders).where(orders.c.key == bindparam("name"))
_LINES = (
    select(order_lines)
    .where(order_lines.c.order_id == bindparam("order"))
    .order_by(order_lines.c.variant_id)
)
_SAVE = update(orders).where(
    orders.c.id == bindparam("held"),
    orders.c.state == func.any(bindparam("before", type_=ARRAY(Text))),
)
_OVERDUE = (
    select(orders.c.id)
    .where(orders.c.state == OrderState.AWAITING.value, orders.c.pay_by < bindparam("now"))
    .order_by(orders.c.pay_by)
    .limit(bindparam("most"))
)
_IS_HELD = orders.c.state.in_([state.value for state in sorted(HOLDING)])
_UNSETTLED = (
    select(orders.c.id)
    .where(_IS_HELD, orders.c.created_at < bindparam("before"))
    .order_by(orders.c.created_at)
    .limit(bindparam("most"))
)
_OPEN_OF = (
    select(
        func.count(orders.c.id.distinct()).label("orders"),
        func.coalesce(func.sum(order_lines.c.quantity), 0).label("units"),
    )
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .where(orders.c.client == bindparam("client"), _IS_HELD)
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:client, 0))")
_BEFORE: dict[OrderState, list[str]] = {
    after: [before.value for before in OrderState if after in NEXT[before] or before is after]
    for after in OrderState
}
"""From which states each state may be written: the same table that the domain goes by."""


class PostgresOrders:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, order: Order) -> None:
        self._connection.execute(insert(orders), order_row(order))
        self._connection.execute(insert(order_lines), line_rows(order))

    def save(self, order: Order) -> None:
        """The row count decides: an order that somebody else has moved on is not written over."""
        written = self._connection.execute(
            _SAVE.values(order_changes(order)),
            {"held": order.id, "before": _BEFORE[order.state]},
        )
        if written.rowcount != 1:
            raise CollidedWork

    def get(self, id: UUID) -> Order:
        return self._known(_BY_ID, id)

    def hold(self, id: UUID) -> Order:
        return self._known(_BY_ID.with_for_update(), id)

    def find_by_key(self, key: str) -> Order | None:
        return self._find(_BY_KEY, key)

    def hold_by_token(self, token: str) -> Order | None:
        return self._find(_BY_TOKEN.with_for_update(), token)

    def hold_by_intent(self, intent_id: str) -> Order | None:
        return self._find(_BY_INTENT.with_for_update(), intent_id)

    def next_number(self) -> int:
        return self._connection.execute(tables.order_numbers.next_value().select()).scalar_one()

    def overdue(self, now: datetime, *, most: int) -> Sequence[UUID]:
        return self._connection.execute(_OVERDUE, {"now": now, "most": most}).scalars().all()

    def unsettled(self, before: datetime, *, most: int) -> Sequence[UUID]:
        question = {"before": before, "most": most}
        return self._connection.execute(_UNSETTLED, question).scalars().all()

    def open_of(self, client: str) -> OpenCheckouts:
        self._connection.execute(_ONE_AT_A_TIME, {"client": client})
        row = self._connection.execute(_OPEN_OF, {"client": client}).one()
        return OpenCheckouts(orders=row.orders, units=row.units)

    def record(self, entry: LedgerEntry) -> None:
        self._connection.execute(
            insert(tables.money_ledger),
            {
                "order_id": entry.order_id,
                "amount": entry.amount.minor,
                "currency": entry.amount.currency.code,
                "reference": entry.reference,
                "at": entry.at,
                "kind": entry.kind.value,
            },
        )

    def _known(self, question: Select[Any], id: UUID) -> Order:
        order = self._find(question, id)
        if order is None:
            raise NotFound("Order", id)
        return order

    def _find(self, question: Select[Any], name: object) -> Order | None:
        row = self._connection.execute(question, {"name": name}).one_or_none()
        return None if row is None else with_lines(self._connection, row)


def with_lines(connection: Connection, row: Row[Any]) -> Order:
    return order_of(row, connection.execute(_LINES, {"order": row.id}))
