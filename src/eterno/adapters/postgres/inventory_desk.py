"""The stock room, read without rules, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import OFFERED
from eterno.adapters.postgres.mapping import movement_of, variant_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.views import ShownMovement, StockLine
from eterno.domain.errors import NotFound

_STOCK = OFFERED.order_by(tables.variants.c.id)
_ONE = OFFERED.where(tables.variants.c.id == bindparam("id"))
_LEDGER = select(tables.stock_movements).order_by(tables.stock_movements.c.id.desc())


class PostgresInventoryDesk:
    """One statement for each question."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def stock(self, *, at_most: int | None = None) -> Sequence[StockLine]:
        question = _STOCK
        if at_most is not None:
            available = tables.shelves.c.on_hand - tables.shelves.c.reserved
            question = question.where(available <= at_most)
        with self._store.look() as connection:
            return [_line_of(row) for row in connection.execute(question)]

    def line(self, variant_id: int) -> StockLine:
        with self._store.look() as connection:
            row = connection.execute(_ONE, {"id": variant_id}).one_or_none()
        if row is None:
            raise NotFound("ProductVariant", variant_id)
        return _line_of(row)

    def movements(
        self, *, variant_id: int | None = None, after: int | None = None, most: int = 50
    ) -> Sequence[ShownMovement]:
        question = _LEDGER.limit(most)
        if variant_id is not None:
            question = question.where(tables.stock_movements.c.variant_id == variant_id)
        if after is not None:
            question = question.where(tables.stock_movements.c.id < after)
        with self._store.look() as connection:
            return [
                ShownMovement(id=row.id, movement=movement_of(row))
                for row in connection.execute(question)
            ]


def _line_of(row: Row[Any]) -> StockLine:
    return StockLine(
        variant=variant_of(row),
        product_name=row.product_name,
        on_hand=row.on_hand,
        held=row.reserved,
    )
