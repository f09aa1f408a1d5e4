"""Orders and the money ledger in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    Text,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import given, rows_for
from eterno.adapters.postgres.grouping import grouped
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.mapping import line_rows, order_changes, order_of, order_row
from eterno.application.ports.orders import LedgerEntry, OpenCheckouts
from eterno.application.ports.store import CollidedWork
from eterno.domain.errors import NotFound
from eterno.domain.orders import HOLDING, NEXT, Order, OrderState
from eterno.domain.payments import PaymentSession

orders, order_lines = tables.orders, tables.order_lines

WITH_LINES = (
    select(orders, order_lines)
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .order_by(order_lines.c.variant_id)
)
"""A row for each line, each with the whole order: one exchange for both."""
_WITH_ID = WITH_LINES.where(orders.c.id == bindparam("name"))
_BY_ID = Prebuilt(_WITH_ID)
_BY_KEYS = Prebuilt(
    WITH_LINES.where(orders.c.key == func.any(bindparam("keys", type_=ARRAY(Text))))
)
_HOLD_BY_ID = Prebuilt(_WITH_ID.with_for_update(of=orders))
_HOLD_BY_TOKEN = Prebuilt(
    WITH_LINES.where(orders.c.token == bindparam("name")).with_for_update(of=orders)
)
_HOLD_BY_INTENT = Prebuilt(
    WITH_LINES.where(orders.c.intent_id == bindparam("name")).with_for_update(of=orders)
)
_OURS = [column for column in orders.c if column is not orders.c.customer_id]
"""Whose customer's an order is, the database finds out by itself (migration 0009)."""
_ORIGIN = {"id", "token", "client", "basket", "key", "created_at", "currency", "subtotal"}
"""The columns that stay as they were when the order was placed; `order_changes` has the others."""
_NEW = tuple(column.name for column in _OURS)
_PLACED = insert(orders).from_select(_NEW, select(given(orders, *_NEW))).cte("placed")
_OF_LINE = tuple(column.name for column in order_lines.c)
_ADD = Prebuilt(
    insert(order_lines)
    .from_select(_OF_LINE, select(given(order_lines, *_OF_LINE)))
    .add_cte(_PLACED)
)
"""Orders and their lines, in one exchange."""
_SAVE = Prebuilt(
    update(orders).where(
        orders.c.id == bindparam("held"),
        orders.c.state == func.any(bindparam("before", type_=ARRAY(Text))),
    ),
    *(column.name for column in _OURS if column.name not in _ORIGIN),
)
_PAGES = given(orders, "id", "session_id", "session_url")
_REMEMBER = Prebuilt(
    update(orders)
    .where(
        orders.c.id == _PAGES.c.id,
        orders.c.state == OrderState.AWAITING.value,
        orders.c.session_id.is_(None),
    )
    .values(session_id=_PAGES.c.session_id, session_url=_PAGES.c.session_url)
    .returning(orders.c.id)
)
_NEXT_NUMBER = Prebuilt(tables.order_numbers.next_value().select())
_RECORD = Prebuilt(
    insert(tables.money_ledger),
    *("order_id", "amount", "currency", "reference", "at", "kind"),
)
_OVERDUE = (
    select(orders.c.id)
    .where(orders.c.state == OrderState.AWAITING.value, orders.c.pay_by < bindparam("now"))
    .order_by(orders.c.pay_by)
    .limit(bindparam("most"))
)
_IS_HELD = orders.c.state.in_([literal_column(f"'{state.value}'") for state in sorted(HOLDING)])
_UNSETTLED = (
    select(orders.c.id)
    .where(_IS_HELD, orders.c.created_at < bindparam("before"))
    .order_by(orders.c.created_at)
    .limit(bindparam("most"))
)
_CLIENTS = bindparam("clients", type_=ARRAY(Text))
_OPEN_OF = Prebuilt(
    select(
        orders.c.client,
        func.count(orders.c.id.distinct()).label("orders"),
        func.sum(order_lines.c.quantity).label("units"),
    )
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .where(orders.c.client == func.any(_CLIENTS), _IS_HELD)
    .group_by(orders.c.client)
)
_ONE_AT_A_TIME = Prebuilt(
    text(
        "SELECT pg_advisory_xact_lock(hashtextextended(client, 0))"
        " FROM unnest(CAST(:clients AS text[])) AS client"
    )
)
"""In the order in which they are given."""
_BEFORE: dict[OrderState, list[str]] = {
    after: [before.value for before in OrderState if after in NEXT[before] or before is after]
    for after in OrderState
}
"""From which states each state may be written: the same table that the domain goes by."""


class PostgresOrders:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, *new: Order) -> None:
        placed = rows_for(orders, [order_row(order) for order in new])
        lines = rows_for(order_lines, [row for order in new for row in line_rows(order)])
        self._line.execute(_ADD, {**placed, **lines})

    def save(self, order: Order) -> None:
        """The row count decides: an order that somebody else has moved on is not written over."""
        terms = {"held": order.id, "before": _BEFORE[order.state]}
        written = self._line.execute(_SAVE, {**order_changes(order), **terms})
        if written.rowcount != 1:
            raise CollidedWork

    def remember(self, pages: Mapping[UUID, PaymentSession]) -> Set[UUID]:
        rows = [
            {"id": id, "session_id": session.id, "session_url": session.url}
            for id, session in pages.items()
        ]
        return {row.id for row in self._line.execute(_REMEMBER, rows_for(orders, rows))}

    def get(self, id: UUID) -> Order:
        return self._known(_BY_ID, id)

    def hold(self, id: UUID) -> Order:
        return self._known(_HOLD_BY_ID, id)

    def find_by_keys(self, keys: Iterable[str]) -> Mapping[str, Order]:
        rows = self._line.execute(_BY_KEYS, {"keys": list(keys)})
        by_key = grouped(rows, lambda row: row.key)
        return {key: order_of(lines[0], lines) for key, lines in by_key.items()}

    def hold_by_token(self, token: str) -> Order | None:
        return self._find(_HOLD_BY_TOKEN, token)

    def hold_by_intent(self, intent_id: str) -> Order | None:
        return self._find(_HOLD_BY_INTENT, intent_id)

    def next_number(self) -> int:
        return int(self._line.execute(_NEXT_NUMBER, {}).scalar_one())

    def overdue(self, now: datetime, *, most: int) -> Sequence[UUID]:
        return self._line.execute(_OVERDUE, {"now": now, "most": most}).scalars().all()

    def unsettled(self, before: datetime, *, most: int) -> Sequence[UUID]:
        question = {"before": before, "most": most}
        return self._line.execute(_UNSETTLED, question).scalars().all()

    def open_of(self, clients: Iterable[str]) -> Mapping[str, OpenCheckouts]:
        asked = sorted(set(clients))
        self._line.execute(_ONE_AT_A_TIME, {"clients": asked})
        held = {client: OpenCheckouts(orders=0, units=0) for client in asked}
        for row in self._line.execute(_OPEN_OF, {"clients": asked}):
            held[row.client] = OpenCheckouts(orders=row.orders, units=row.units)
        return held

    def record(self, entry: LedgerEntry) -> None:
        self._line.execute(
            _RECORD,
            {
                "order_id": entry.order_id,
                "amount": entry.amount.minor,
                "currency": entry.amount.currency.code,
                "reference": entry.reference,
                "at": entry.at,
                "kind": entry.kind.value,
            },
        )

    def _known(self, question: Prebuilt, id: UUID) -> Order:
        order = self._find(question, id)
        if order is None:
            raise NotFound("Order", id)
        return order

    def _find(self, question: Prebuilt, name: object) -> Order | None:
        rows = self._line.execute(question, {"name": name}).all()
        return order_of(rows[0], rows) if rows else None
