"""Baskets: what a visitor wants to buy, and what she was shown that it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from eterno.domain.errors import Conflict, Invalid
from eterno.domain.money import Currency, Money

MOST_ID = 2**63 - 1
"""The highest id that anything in the catalogue can have."""
MOST_LINES = 100
MOST_OF_ONE = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDifference:
    """A line that costs more than the visitor was shown."""

    variant_id: int
    shown: Money
    price: Money


class PriceChanged(Conflict):
    """Something costs more than the visitor was shown: she must agree first."""

    code = "price_changed"

    def __init__(self, lines: tuple[PriceDifference, ...]) -> None:
        super().__init__("Some prices have changed")
        self.lines = lines

    @property
    def facts(self) -> dict[str, object]:
        return {
            "lines": [
                {
                    "variant_id": line.variant_id,
                    "shown": float(line.shown.amount),
                    "price": float(line.price.amount),
                }
                for line in self.lines
            ]
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketLine:
    """`quantity` pieces of a variant at the price shown, which is a claim and never charged."""

    variant_id: int
    quantity: int
    shown: Money

    def merge(self, other: BasketLine) -> BasketLine:
        """Both as one line, at the lower of their prices."""
        return replace(
            self, quantity=self.quantity + other.quantity, shown=min(self.shown, other.shown)
        )


@dataclass(frozen=True, slots=True)
class Basket:
    """1 to 100 lines, each of another variant, in the order of the variants' ids."""

    lines: tuple[BasketLine, ...]

    @classmethod
    def of(cls, wanted: Iterable[tuple[int, int, Decimal]], currency: Currency) -> Basket:
        """A basket of (variant id, quantity, price shown).

        Lines of the same variant are merged, and of their prices the lowest counts. Raises
        `Invalid` for a basket nobody can mean.
        """
        merged: dict[int, BasketLine] = {}
        for place, (variant_id, quantity, price) in enumerate(wanted):
            if place == MOST_LINES:
                raise Invalid.field("items", f"at most {MOST_LINES}")
            field = f"items[{place}]"
            if not 1 <= variant_id <= MOST_ID:
                raise Invalid.field(f"{field}.id", "a whole number from 1")
            if not 1 <= quantity <= MOST_OF_ONE:
                raise Invalid.field(f"{field}.quantity", f"between 1 and {MOST_OF_ONE}")
            shown = Money.price(price, currency, f"{field}.price")
            line = BasketLine(variant_id=variant_id, quantity=quantity, shown=shown)
            if before := merged.get(variant_id):
                line = before.merge(line)
                if line.quantity > MOST_OF_ONE:
                    raise Invalid.field(
                        f"{field}.quantity", f"at most {MOST_OF_ONE} of one variant"
                    )
            merged[variant_id] = line
        if not merged:
            raise Invalid.field("items", "at least one")
        return cls(tuple(merged[variant_id] for variant_id in sorted(merged)))

    @property
    def fingerprint(self) -> str:
        """The same for the same wishes, in whatever order they were written."""
        wishes = ";".join(f"{line.variant_id}*{line.quantity}@{line.shown}" for line in self.lines)
        return hashlib.sha256(wishes.encode()).hexdigest()

    def compare(self, prices: Mapping[int, Money]) -> None:
        """Raises `PriceChanged` when something costs more than was shown. Less is fine."""
        differences = tuple(
            PriceDifference(
                variant_id=line.variant_id, shown=line.shown, price=prices[line.variant_id]
            )
            for line in self.lines
            if line.shown < prices[line.variant_id]
        )
        if differences:
            raise PriceChanged(differences)
