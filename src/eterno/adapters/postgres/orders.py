"""Orders and the money ledger in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
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
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import given, rows_for
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
_BY_KEY = Prebuilt(WITH_LINES.where(orders.c.key == bindparam("name")))
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
_PLACED = (
    insert(orders)
    .values({column: bindparam(f"order_{column.name}", type_=column.type) for column in _OURS})
    .returning(orders.c.id)
    .cte("placed")
)
_OF_LINE = ("variant_id", "quantity", "unit_price", "product_name", "variant_label", "sku")
_GIVEN = given(order_lines, *_OF_LINE)
_ADD = Prebuilt(
    insert(order_lines).from_select(
        ("order_id", *_OF_LINE), select(_PLACED.c.id, _GIVEN).join_from(_PLACED, _GIVEN, true())
    )
)
"""The order and its lines, in one exchange."""
_SAVE = Prebuilt(
    update(orders).where(
        orders.c.id == bindparam("held"),
        orders.c.state == func.any(bindparam("before", type_=ARRAY(Text))),
    ),
    *(column.name for column in _OURS if column.name not in _ORIGIN),
)
_REMEMBER = Prebuilt(
    update(orders).where(
        orders.c.id == bindparam("awaiting"),
        orders.c.state == OrderState.AWAITING.value,
        orders.c.session_id.is_(None),
    ),
    *("session_id", "session_url"),
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
_OPEN_OF = Prebuilt(
    select(
        func.count(orders.c.id.distinct()).label("orders"),
        func.coalesce(func.sum(order_lines.c.quantity), 0).label("units"),
    )
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .where(orders.c.client == bindparam("client"), _IS_HELD)
)
_ONE_AT_A_TIME = Prebuilt(text("SELECT pg_advisory_xact_lock(hashtextextended(:client, 0))"))
_BEFORE: dict[OrderState, list[str]] = {
    after: [before.value for before in OrderState if after in NEXT[before] or before is after]
    for after in OrderState
}
"""From which states each state may be written: the same table that the domain goes by."""


class PostgresOrders:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, order: Order) -> None:
        placed = {f"order_{name}": value for name, value in order_row(order).items()}
        self._line.execute(_ADD, {**placed, **rows_for(order_lines, line_rows(order))})

    def save(self, order: Order) -> None:
        """The row count decides: an order that somebody else has moved on is not written over."""
        terms = {"held": order.id, "before": _BEFORE[order.state]}
        written = self._line.execute(_SAVE, {**order_changes(order), **terms})
        if written.rowcount != 1:
            raise CollidedWork

    def remember(self, id: UUID, session: PaymentSession) -> bool:
        page = {"session_id": session.id, "session_url": session.url}
        return self._line.execute(_REMEMBER, {"awaiting": id, **page}).rowcount == 1

    def get(self, id: UUID) -> Order:
        return self._known(_BY_ID, id)

    def hold(self, id: UUID) -> Order:
        return self._known(_HOLD_BY_ID, id)

    def find_by_key(self, key: str) -> Order | None:
        return self._find(_BY_KEY, key)

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

    def open_of(self, client: str) -> OpenCheckouts:
        self._line.execute(_ONE_AT_A_TIME, {"client": client})
        row = self._line.execute(_OPEN_OF, {"client": client}).one()
        return OpenCheckouts(orders=row.orders, units=row.units)

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
