"""What is asked of figures: of which days, in which periods, as known when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from eterno.application.ports.figures import Figures
from eterno.domain.calendar import FIRST_DAY, LAST_DAY, Span, Window
from eterno.domain.errors import Invalid
from eterno.domain.figures import Measure

Spread = Mapping[int, int]
ALL = Window(FIRST_DAY, LAST_DAY)
"""From always to ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`as_of` None is now. Without `by` the window is one period."""

    window: Window
    by: Span | None = None
    as_of: datetime | None = None

    @property
    def periods(self) -> list[Window]:
        """Raises `Invalid` when there are too many."""
        return self.window.periods(self.by) if self.by else [self.window]


@dataclass(frozen=True, slots=True)
class Answer:
    """Amounts by the first day of a period, measure and subject."""

    amounts: Mapping[date, Mapping[Measure, Spread]]

    def sums(self, period: Window) -> Mapping[Measure, int]:
        told = self.amounts.get(period.start, {})
        return {measure: sum(spread.values()) for measure, spread in told.items()}

    def spread(self, period: Window, measure: Measure) -> Spread:
        """By subject."""
        return self.amounts.get(period.start, {}).get(measure, {})

    def total(self) -> Answer:
        """All periods as one, and what is around them, which begins on `ALL`."""
        whole: dict[Measure, dict[int, int]] = {}
        for told in self.amounts.values():
            for measure, spread in told.items():
                sums = whole.setdefault(measure, {})
                for subject, amount in spread.items():
                    sums[subject] = sums.get(subject, 0) + amount
        return Answer({ALL.start: whole})


def known_at(figures: Figures, as_of: datetime | None) -> datetime:
    """The moment that is asked about. Raises `Invalid` for one that has not come."""
    now = figures.now()
    if as_of is not None and as_of > now:
        raise Invalid.field("as_of", "not in the future")
    return as_of or now


def ask(
    figures: Figures, measures: Collection[Measure], question: Question, *, around: bool = False
) -> Answer:
    """What fell into each period, and with `around` before and after them. Raises `Invalid`."""
    _ = question.periods  # too many are refused before anything is read
    found = figures.sums(
        measures,
        question.window,
        as_of=known_at(figures, question.as_of),
        by=question.by,
        around=around,
    )
    amounts: dict[date, dict[Measure, dict[int, int]]] = {}
    for one in found:
        amounts.setdefault(one.start, {}).setdefault(one.measure, {})[one.subject] = one.amount
    return Answer(amounts)
