"""The shop's calendar: days as they are lived in its zone, and weeks and months made of them.

A moment belongs to the day that a clock on the shop's wall shows, so days, weeks and months follow
each other without a gap and without an overlap, whatever daylight saving does to their hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from eterno.domain.errors import Invalid

MOST_DAYS = 3_660
"""The longest window: ten years."""
MOST_PERIODS = 400
"""As many as one answer can have: a year by day, with room."""
FIRST_DAY, LAST_DAY = date(1971, 1, 1), date(2999, 12, 31)
"""Before and after, nothing is asked."""
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Span(StrEnum):
    """How long the periods are that a window is cut into."""

    DAY = "day"
    WEEK = "week"
    """From Monday (ISO 8601)."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `start` up to, and without, `end`."""

    start: date
    end: date

    @classmethod
    def of(cls, start: date, end: date, *, most: int = MOST_DAYS) -> Window:
        """Raises `Invalid` for one that is empty, turned around, too long or beyond all time."""
        if start < FIRST_DAY or end > LAST_DAY:
            raise Invalid.field("from", f"between {FIRST_DAY} and {LAST_DAY}")
        if end <= start:
            raise Invalid.field("to", "after `from`: the day after the last one")
        if (end - start).days > most:
            raise Invalid.field("to", f"at most {most} days after `from`")
        return cls(start, end)

    @classmethod
    def year(cls, year: int) -> Window:
        return cls(date(year, 1, 1), date(year + 1, 1, 1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def periods(self, span: Span) -> list[Window]:
        """The window, cut where days, weeks or months begin. The first and the last may be short.

        Raises `Invalid` when there are too many.
        """
        cut = list(self._cut(span))
        if len(cut) > MOST_PERIODS:
            raise Invalid.field("by", f"a longer period: at most {MOST_PERIODS} of them")
        return cut

    def _cut(self, span: Span) -> Iterator[Window]:
        start = self.start
        while start < self.end:
            end = min(next_start(start, span), self.end)
            yield Window(start, end)
            start = end


def start_of(day: date, span: Span) -> date:
    """The first day of the period that this day is in."""
    if span is Span.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span is Span.MONTH else day


def next_start(day: date, span: Span) -> date:
    """The first day of the period after the one that this day is in."""
    if span is Span.MONTH:
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return start_of(day, span) + timedelta(days=7 if span is Span.WEEK else 1)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day that the shop's wall shows at this moment."""
    return at.astimezone(zone).date()


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which this day begins, in UTC; if clocks skip midnight, the first after it."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
