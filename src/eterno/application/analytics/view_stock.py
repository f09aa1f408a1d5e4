"""What stands on the shelves, how it sells, and what to make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from eterno.application.analytics.question import Question, ask, known_at
from eterno.application.ports.figures import Figures, Good
from eterno.domain.calendar import LAST_DAY, Span, Window, local_day
from eterno.domain.errors import Invalid
from eterno.domain.figures import VELOCITY_DAYS, Measure, Pace, days_with_stock

MOST_DAYS = 365
_STOCK = frozenset({Measure.ON_HAND, Measure.HELD})
_SOLD = frozenset({Measure.LINE_UNITS, Measure.LINE_UNITS_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """A variant on its shelf. Money is minor units."""

    good: Good
    on_hand: int
    held: int
    pace: Pace
    to_make: int

    @property
    def available(self) -> int:
        return self.on_hand - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReport:
    """Every variant on sale and every other one of which something is left, by id."""

    as_of: datetime
    lines: tuple[StockLine, ...]

    @property
    def retail_value(self) -> int:
        return sum(line.on_hand * line.good.price for line in self.lines)

    @property
    def cost_value(self) -> int:
        """Of those pieces of which the cost is known."""
        return sum(line.on_hand * (line.good.cost or 0) for line in self.lines)

    @property
    def uncosted_units(self) -> int:
        """Pieces of which nobody has said what they cost."""
        return sum(line.on_hand for line in self.lines if line.good.cost is None)


class ViewStock:
    """The shelves at a moment, from the stock ledger and what was held then."""

    def __init__(self, figures: Figures, zone: ZoneInfo) -> None:
        self._figures = figures
        self._zone = zone

    def __call__(
        self, *, as_of: datetime | None = None, lead_days: int = 14, safety_days: int = 7
    ) -> StockReport:
        """`lead_days` are what making takes, `safety_days` what shall be left then.

        Raises `Invalid`.
        """
        for name, days in (("lead_days", lead_days), ("safety_days", safety_days)):
            if not 0 <= days <= MOST_DAYS:
                raise Invalid.field(name, f"0 to {MOST_DAYS}")
        moment = known_at(self._figures, as_of)
        shelves = self._shelves(moment)
        sold = self._sold(moment)
        lines = (
            StockLine(
                good=good,
                on_hand=shelf.on_hand,
                held=shelf.held,
                pace=pace,
                to_make=pace.to_make(days=lead_days + safety_days) if good.on_sale else 0,
            )
            for good in self._figures.goods(as_of=moment)
            for shelf in [shelves.get(good.variant_id, _Shelf())]
            for pace in [shelf.pace(sold.get(good.variant_id, 0))]
        )
        shown = tuple(line for line in lines if line.good.on_sale or line.on_hand)
        return StockReport(as_of=moment, lines=shown)

    def _sold(self, moment: datetime) -> Mapping[int, int]:
        """Pieces by variant that stayed sold."""
        window = self._window(moment)
        answer = ask(self._figures, _SOLD, Question(window=window, as_of=moment))
        units = dict(answer.spread(window, Measure.LINE_UNITS))
        for id, back in answer.spread(window, Measure.LINE_UNITS_BACK).items():
            units[id] = units.get(id, 0) - back
        return units

    def _shelves(self, moment: datetime) -> Mapping[int, _Shelf]:
        """What there was before the window, what changed in it day by day, and since."""
        window = self._window(moment)
        since = Window(window.start, LAST_DAY)
        shelves: defaultdict[int, _Shelf] = defaultdict(_Shelf)
        for one in self._figures.sums(_STOCK, since, as_of=moment, by=Span.DAY, around=True):
            day = None if one.start < window.start else (one.start - window.start).days
            shelves[one.subject].add(one.measure, one.amount, day)
        for (id, when), peak in self._figures.peaks(window, as_of=moment).items():
            shelves[id].peaks[(when - window.start).days] = peak
        return shelves

    def _window(self, moment: datetime) -> Window:
        """The full days before this one."""
        today = local_day(moment, self._zone)
        return Window(today - timedelta(days=VELOCITY_DAYS), today)


@dataclass(slots=True)
class _Shelf:
    """What is summed of a variant's stock on the way to its pace."""

    on_hand: int = 0
    held: int = 0
    before: int = 0
    """Available when the window began."""
    changes: dict[int, int] = field(default_factory=dict)
    """Of what is available, by day of the window."""
    peaks: dict[int, int] = field(default_factory=dict)

    def add(self, measure: Measure, amount: int, day: int | None) -> None:
        is_hand = measure is Measure.ON_HAND
        self.on_hand += amount if is_hand else 0
        self.held += 0 if is_hand else amount
        change = amount if is_hand else -amount
        if day is None:
            self.before += change
        else:
            self.changes[day] = self.changes.get(day, 0) + change

    def pace(self, units_net: int) -> Pace:
        return Pace(
            units_net=units_net,
            in_stock_days=days_with_stock(self.before, self.changes, self.peaks),
            available=self.on_hand - self.held,
        )
