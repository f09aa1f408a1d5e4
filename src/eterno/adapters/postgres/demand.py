"""What buyers could not have, and what pieces cost to make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import execute_for_each
from eterno.adapters.postgres.line import Line
from eterno.domain.errors import NotFound
from eterno.domain.inventory import Shortage


class PostgresDemand:
    def __init__(self, line: Line) -> None:
        self._line = line

    def refuse(self, shortages: Iterable[Shortage], *, cart: str, at: datetime) -> None:
        """Of variants that are still there: one may have been removed since it was refused."""
        lacking = {lack.variant_id: lack for lack in shortages}
        there = (
            select(tables.variants.c.id)
            .where(tables.variants.c.id.in_(lacking))
            .order_by(tables.variants.c.id)
            .with_for_update(read=True, key_share=True)
        )
        kept = self._line.execute(there).scalars().all()
        execute_for_each(
            self._line,
            insert(tables.refused_demand),
            [
                {
                    "at": at,
                    "variant_id": lack.variant_id,
                    "missing": lack.requested - lack.available,
                    "cart": cart,
                }
                for lack in map(lacking.__getitem__, kept)
            ],
        )


class PostgresCosts:
    def __init__(self, line: Line) -> None:
        self._line = line

    def record(self, variant_id: int, cost: int | None, *, at: datetime, actor: str) -> None:
        known = select(tables.variants.c.id).where(tables.variants.c.id == variant_id)
        if self._line.execute(known).scalar_one_or_none() is None:
            raise NotFound("ProductVariant", variant_id)
        self._line.execute(
            insert(tables.variant_costs),
            {"variant_id": variant_id, "at": at, "cost": cost, "actor": actor},
        )
