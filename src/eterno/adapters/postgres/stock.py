"""Shelves, reservations and the stock ledger in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import given, insert_all, rows_for
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.mapping import fields_of, movement_of
from eterno.adapters.postgres.news import SavedShelves
from eterno.adapters.postgres.text import can_be_kept
from eterno.domain.inventory import HoldState, Movement, Reservation, Shelf

_HOLD = Prebuilt(
    select(tables.shelves)
    .where(tables.shelves.c.variant_id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
    .order_by(tables.shelves.c.variant_id)
    .with_for_update()
)
_GIVEN = given(tables.shelves, "variant_id", "on_hand", "reserved")
_SAVE = Prebuilt(
    update(tables.shelves)
    .where(tables.shelves.c.variant_id == _GIVEN.c.variant_id)
    .values(on_hand=_GIVEN.c.on_hand, reserved=_GIVEN.c.reserved)
)
"""All at once: they are held already, in the order of their ids."""
_BY_KEY = select(tables.stock_movements).where(tables.stock_movements.c.key == bindparam("name"))
_MOVE = Prebuilt(
    update(tables.reservations)
    .where(
        tables.reservations.c.order_id == bindparam("order"),
        tables.reservations.c.state == bindparam("before"),
    )
    .values(state=bindparam("after"))
)


class PostgresShelves:
    def __init__(self, line: Line) -> None:
        self._line = line
        self.saved = SavedShelves()

    def add(self, shelf: Shelf) -> None:
        self._line.execute(insert(tables.shelves), fields_of(shelf))

    def hold(self, variant_ids: Iterable[int]) -> Mapping[int, Shelf]:
        rows = self._line.execute(_HOLD, {"ids": list(variant_ids)})
        return {
            row.variant_id: Shelf(
                variant_id=row.variant_id, on_hand=row.on_hand, reserved=row.reserved
            )
            for row in rows
        }

    def save(self, shelves: Iterable[Shelf]) -> None:
        shelves = list(shelves)
        if shelves:
            self.saved.note(shelves)
            rows = rows_for(tables.shelves, [fields_of(shelf) for shelf in shelves])
            self._line.execute(_SAVE, rows)

    def record(self, movements: Iterable[Movement]) -> None:
        rows = [{**fields_of(movement), "reason": movement.reason.value} for movement in movements]
        insert_all(self._line, tables.stock_movements, rows)

    def find(self, key: str) -> Movement | None:
        if not can_be_kept(key):
            return None
        row = self._line.execute(_BY_KEY, {"name": key}).one_or_none()
        return None if row is None else movement_of(row)


class PostgresReservations:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, reservations: Iterable[Reservation]) -> None:
        rows = [{**fields_of(hold), "state": hold.state.value} for hold in reservations]
        insert_all(self._line, tables.reservations, rows)

    def move(self, order_id: UUID, before: HoldState, after: HoldState) -> int:
        return self._line.execute(
            _MOVE, {"order": order_id, "before": before.value, "after": after.value}
        ).rowcount
