"""What is still to be made, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.grouping import grouped
from eterno.adapters.postgres.mapping import order_of
from eterno.adapters.postgres.refunds import refund_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.domain.make_list import TO_SEND, OpenOrder

orders, order_lines, refunds = tables.orders, tables.order_lines, tables.refunds

_OPEN = (
    select(orders)
    .where(orders.c.state.in_(sorted(state.value for state in TO_SEND)))
    .order_by(orders.c.promised_by.nulls_last(), orders.c.number)
    .limit(bindparam("most"))
)


class PostgresWorkshop:
    """Three statements: orders, their lines, their refunds."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def open_orders(self, *, most: int) -> Sequence[OpenOrder]:
        with self._store.look() as connection:
            rows = connection.execute(_OPEN, {"most": most}).all()
            ids = [row.id for row in rows]
            lines = grouped(
                connection.execute(
                    select(order_lines)
                    .where(order_lines.c.order_id.in_(ids))
                    .order_by(order_lines.c.variant_id)
                ),
                lambda line: line.order_id,
            )
            back = grouped(
                connection.execute(
                    select(refunds)
                    .where(refunds.c.order_id.in_(ids))
                    .order_by(refunds.c.requested_at, refunds.c.id)
                ),
                lambda refund: refund.order_id,
            )
        return [
            OpenOrder(
                order=order_of(row, lines[row.id]),
                refunds=[refund_of(refund) for refund in back[row.id]],
            )
            for row in rows
        ]
