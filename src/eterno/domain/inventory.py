"""Stock: what stands on the shelf, what of it is promised, and the story of every piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eterno.domain.errors import Conflict, Invalid
from eterno.domain.text import clean

MOST_ON_HAND = 1_000_000
NOTE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Shortage:
    """A basket line that cannot be filled: how many were wanted and how many can be had now."""

    variant_id: int
    requested: int
    available: int


class OutOfStock(Conflict):
    """Not enough on the shelf for these lines, right now."""

    code = "out_of_stock"

    def __init__(self, lines: tuple[Shortage, ...]) -> None:
        super().__init__("Not enough stock for some of the items")
        self.lines = lines

    @property
    def facts(self) -> dict[str, object]:
        return {
            "lines": [
                {
                    "variant_id": line.variant_id,
                    "requested": line.requested,
                    "available": line.available,
                }
                for line in self.lines
            ]
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The pieces of one variant: `on_hand` stand there, `reserved` of them are promised to a buyer.

    0 ≤ reserved ≤ on_hand, always. Every change of `on_hand` has its `Movement`, every piece of
    `reserved` its `Reservation`.
    """

    variant_id: int
    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        """What can be sold now."""
        return self.on_hand - self.reserved

    def shortage(self, quantity: int) -> Shortage | None:
        """What is missing for selling `quantity` now, or None when nothing is."""
        if quantity <= self.available:
            return None
        return Shortage(self.variant_id, quantity, self.available)

    def reserve(self, quantity: int) -> Shelf:
        """Promise `quantity` to a buyer. Raises `OutOfStock` when so many cannot be had."""
        if missing := self.shortage(quantity):
            raise OutOfStock((missing,))
        return replace(self, reserved=self.reserved + quantity)

    def release(self, quantity: int) -> Shelf:
        """Take a promise back."""
        return replace(self, reserved=self.reserved - quantity)

    def take(self, quantity: int) -> Shelf:
        """Hand over `quantity` that were promised: they leave the shelf and the promise is kept."""
        return replace(self, on_hand=self.on_hand - quantity, reserved=self.reserved - quantity)

    def receive(self, quantity: int) -> Shelf:
        """New pieces arrive. Raises `Invalid` when the shelf cannot carry so many."""
        if quantity < 1:
            raise Invalid.field("quantity", "at least 1")
        if self.on_hand + quantity > MOST_ON_HAND:
            raise Invalid.field("quantity", f"at most {MOST_ON_HAND} on hand")
        return replace(self, on_hand=self.on_hand + quantity)

    def count(self, available: int) -> Shelf:
        """Somebody counted `available` pieces beside those that are promised.

        Raises `Invalid` for less than nothing, and when the shelf cannot carry so many.
        """
        if available < 0 or available + self.reserved > MOST_ON_HAND:
            raise Invalid.field("stock_quantity", f"0 to {MOST_ON_HAND}, with those held")
        return replace(self, on_hand=available + self.reserved)

    def correct(self, change: int) -> Shelf:
        """Pieces turn up (+) or are broken or lost (-).

        Raises `Invalid` for no change and when the shelf cannot carry so many, `OutOfStock` when
        more would go than are not promised.
        """
        if change == 0 or abs(change) > MOST_ON_HAND:
            raise Invalid.field("change", f"up or down by 1 to {MOST_ON_HAND}")
        if self.on_hand + change > MOST_ON_HAND:
            raise Invalid.field("change", f"at most {MOST_ON_HAND} on hand")
        if missing := self.shortage(-change):
            raise OutOfStock((missing,))
        return replace(self, on_hand=self.on_hand + change)

    def __post_init__(self) -> None:
        if not 0 <= self.reserved <= self.on_hand:
            raise ValueError(
                f"shelf {self.variant_id}: 0 ≤ {self.reserved} ≤ {self.on_hand} does not hold"
            )


class Reason(StrEnum):
    """Why a shelf changed."""

    DELIVERY = "delivery"
    COUNT = "count"
    SALE = "sale"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One line of the stock ledger: `change` pieces came (+) or went (-). Never altered."""

    variant_id: int
    change: int
    reason: Reason
    at: datetime
    order_id: UUID | None = None
    """For a sale or a return: of which order."""
    note: str = ""
    actor: str | None = None
    """The admin who did it; nobody for a sale."""
    key: str | None = None
    """Under which it was asked for, so that asking for it again is harmless."""


def check_note(note: str, *, least: int = 0) -> str:
    """What a person writes beside a movement, cleaned. Raises `Invalid`."""
    return clean(note, "note", most=NOTE_LENGTH, least=least, lines=True)


class HoldState(StrEnum):
    """The life of a reservation: held, then consumed by the sale or released."""

    HELD = "held"
    CONSUMED = "consumed"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """`quantity` pieces of a variant promised to an order. It pairs with the order's line."""

    order_id: UUID
    variant_id: int
    quantity: int
    state: HoldState = HoldState.HELD
