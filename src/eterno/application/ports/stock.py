"""Stock, within one work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from eterno.domain.inventory import HoldState, Movement, Reservation, Shelf


class Shelves(Protocol):
    def add(self, shelf: Shelf) -> None: ...

    def hold(self, variant_ids: Iterable[int]) -> Mapping[int, Shelf]:
        """The shelves as they are, kept from everybody else until this work ends.

        They are locked in the order of their ids, whatever the order of the question, so that two
        works never wait for each other.
        """
        ...

    def save(self, shelves: Iterable[Shelf]) -> None: ...

    def record(self, movements: Iterable[Movement]) -> None:
        """Write into the stock ledger. What is written there is never changed or taken out.

        Raises `AlreadyThere("movement key")` when another movement has its key.
        """
        ...

    def find(self, key: str) -> Movement | None:
        """The movement that was asked for under this key."""
        ...


class Reservations(Protocol):
    def add(self, reservations: Iterable[Reservation]) -> None: ...

    def move(self, order_id: UUID, before: HoldState, after: HoldState) -> int:
        """Move this order's reservations that are in state `before`; how many there were."""
        ...
