"""Figures: sums over what happened, as it was known at some moment; and what else they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from eterno.domain.calendar import Span, Window
from eterno.domain.figures import Measure
from eterno.domain.inventory import Shortage


@dataclass(frozen=True, slots=True)
class Sum:
    """How much of a measure fell into the period that begins with `start`."""

    start: date
    measure: Measure
    subject: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A variant as it is called now, priced as it was then. Money is minor units."""

    variant_id: int
    product_id: int
    product_name: str
    label: str
    sku: str
    on_sale: bool
    """Whether neither it nor its product is archived now."""
    price: int
    cost: int | None
    """To make one; None where nobody has said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An order of which the money ledger and the history tell differently, in minor units."""

    order_id: UUID
    number: int | None
    expected: int
    """What was charged less what was given back, by its history."""
    recorded: int
    """The same by the money ledger."""


class Figures(Protocol):
    """Sums over append-only history. `as_of` asks for what was known at that moment: history that
    was written later counts as if it were not there. Days are those of the shop's zone."""

    def now(self) -> datetime:
        """By the store's own clock."""
        ...

    def sums(
        self,
        measures: Collection[Measure],
        window: Window,
        *,
        as_of: datetime,
        by: Span | None = None,
        around: bool = False,
    ) -> Sequence[Sum]:
        """What fell into the window, in one sum or cut into periods; none where nothing did.

        A period begins where days, weeks or months do, the first one with the window. With `around`
        also what fell before and after the window, in a sum each, which begin with `FIRST_DAY` and
        with the window's end. The order of the answer is not promised.
        """
        ...

    def peaks(self, window: Window, *, as_of: datetime) -> Mapping[tuple[int, date], int]:
        """The most that was available, by variant and day, where its stock moved and there was
        some. Only days that were over at `as_of` are told of."""
        ...

    def goods(self, *, as_of: datetime) -> Sequence[Good]:
        """All variants, those archived too, by id."""
        ...

    def differences(
        self, window: Window, *, as_of: datetime, most: int = 100
    ) -> Sequence[Difference]:
        """Orders that were paid in the window and do not add up, by number, those without one
        last. The ledger's entries count by the time that they bear."""
        ...

    def summarise(self) -> int:
        """Sum up days that are over and not summed up yet, some at a time; how many were. It makes
        questions quicker and changes no answer."""
        ...

    def start_over(self) -> None:
        """Forget what was summed up, so that it is done anew."""
        ...


class Demand(Protocol):
    """What buyers wanted and could not have, within one work."""

    def refuse(self, shortages: Iterable[Shortage], *, cart: str, at: datetime) -> None:
        """Write down what was missing from this cart. Never changed or taken out."""
        ...


class Costs(Protocol):
    """What a piece costs to make, within one work."""

    def record(self, variant_id: int, cost: int | None, *, at: datetime, actor: str) -> None:
        """From now on, in minor units; None where it is not known any more. Raises `NotFound`."""
        ...
