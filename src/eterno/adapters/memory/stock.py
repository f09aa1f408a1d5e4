"""Shelves and what is reserved on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from eterno.adapters.memory.tables import Tables, rule
from eterno.application.ports.store import AlreadyThere
from eterno.domain.inventory import HoldState, Movement, Reason, Reservation, Shelf


class MemoryShelves:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft
        self._held: set[int] = set()

    def add(self, shelf: Shelf) -> None:
        rule("a variant has one shelf", shelf.variant_id not in self._draft.shelves)
        rule("a shelf's variant exists", shelf.variant_id in self._draft.variants)
        self._draft.shelves[shelf.variant_id] = shelf

    def hold(self, variant_ids: Iterable[int]) -> Mapping[int, Shelf]:
        ids = sorted(set(variant_ids))
        rule("a shelf that is held exists", all(id in self._draft.shelves for id in ids))
        self._held.update(ids)
        return {id: self._draft.shelves[id] for id in ids}

    def save(self, shelves: Iterable[Shelf]) -> None:
        for shelf in shelves:
            rule("a shelf is held before it is changed", shelf.variant_id in self._held)
            self._draft.shelves[shelf.variant_id] = shelf

    def record(self, movements: Iterable[Movement]) -> None:
        for movement in movements:
            rule("what moves has a shelf", movement.variant_id in self._draft.shelves)
            rule("a movement moves something", movement.change != 0)
            rule("a sale has an order", movement.reason is not Reason.SALE or movement.order_id)
            rule(
                "the order of a movement exists",
                movement.order_id is None or movement.order_id in self._draft.orders,
            )
            rule("an order's line is sold once", not self._is_sold(movement))
            if movement.key is not None and self.find(movement.key):
                raise AlreadyThere("movement key")
            self._draft.movements.append(movement)

    def find(self, key: str) -> Movement | None:
        return next((moved for moved in self._draft.movements if moved.key == key), None)

    def _is_sold(self, movement: Movement) -> bool:
        sale = (Reason.SALE, movement.order_id, movement.variant_id)
        return movement.reason is Reason.SALE and any(
            (earlier.reason, earlier.order_id, earlier.variant_id) == sale
            for earlier in self._draft.movements
        )


class MemoryReservations:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def add(self, reservations: Iterable[Reservation]) -> None:
        for reservation in reservations:
            name = (reservation.order_id, reservation.variant_id)
            rule("an order's line is reserved once", name not in self._draft.reservations)
            order = self._draft.orders.get(reservation.order_id)
            rule(
                "what is reserved is a line of its order",
                order is not None
                and order.quantities.get(reservation.variant_id) == reservation.quantity,
            )
            self._draft.reservations[name] = reservation

    def move(self, order_id: UUID, before: HoldState, after: HoldState) -> int:
        moved = {
            name: replace(reservation, state=after)
            for name, reservation in self._draft.reservations.items()
            if reservation.order_id == order_id and reservation.state is before
        }
        self._draft.reservations.update(moved)
        return len(moved)
