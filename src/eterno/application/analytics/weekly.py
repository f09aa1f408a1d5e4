"""The figures of the week that is over, for the owner's letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from eterno.application.analytics.question import Question
from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.tell_checkouts import TellCheckouts
from eterno.application.analytics.tell_sales import TellSales
from eterno.application.analytics.tell_service import TellService
from eterno.application.analytics.view_stock import ViewStock
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Span, Window, local_day, start_of
from eterno.domain.money import Currency

MOST_LISTED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TopSeller:
    """A product that went well. Money is minor units."""

    name: str
    units: int
    net_sales: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyFigures:
    """A week from Monday, and the one before it for comparison. Money is minor units of `currency`.

    Sums are as docs/figures.md defines them; `orders_before` and `net_sales_before` are those of
    the week before.
    """

    first_day: date
    """A Monday."""
    last_day: date
    """The Sunday after it."""
    currency: Currency
    orders: int
    orders_before: int
    units_sold: int
    net_sales: int
    net_sales_before: int
    refunds: int
    """Everything that went back: goods, delivery and tax."""
    average_order: int | None
    """None in a week without orders."""
    started: int
    """Checkouts that were begun."""
    conversion: float | None
    """Of those decided, the share that was paid."""
    late: int
    """Orders whose promise fell due in the week and that were not sent in time."""
    top_sellers: tuple[TopSeller, ...]
    """The best first, at most five."""
    to_make: tuple[tuple[str, int], ...]
    """What to make next: label and pieces, the most first, at most five."""


class TellWeek:
    """The week before the one that a moment is in, as it was known at that moment."""

    def __init__(self, figures: Figures, zone: ZoneInfo, currency: Currency) -> None:
        self._figures = figures
        self._zone = zone
        self._currency = currency

    def __call__(self, at: datetime) -> WeeklyFigures:
        """Raises `Invalid` for a moment that has not come."""
        monday = start_of(local_day(at, self._zone), Span.WEEK)
        week = Window(monday - timedelta(days=7), monday)
        both = Window(week.start - timedelta(days=7), monday)
        sales = TellSales(self._figures)(Question(window=both, by=Span.WEEK, as_of=at))
        (_, before), (_, now) = sales.periods
        question = Question(window=week, as_of=at)
        checkouts = TellCheckouts(self._figures)(question).total
        service = TellService(self._figures)(question).total
        goods = RankGoods(self._figures)(question)
        average = now.average_order
        return WeeklyFigures(
            first_day=week.start,
            last_day=monday - timedelta(days=1),
            currency=self._currency,
            orders=now.orders,
            orders_before=before.orders,
            units_sold=sum(one.sold.units_sold for one in goods),
            net_sales=now.net_sales,
            net_sales_before=before.net_sales,
            refunds=now.refunds,
            average_order=round(average) if average is not None else None,
            started=checkouts.started,
            conversion=checkouts.conversion,
            late=service.due - service.on_time,
            top_sellers=tuple(
                TopSeller(name=one.name, units=one.sold.units_net, net_sales=one.sold.net_sales)
                for one in goods[:MOST_LISTED]
                if one.sold.units_net > 0
            ),
            to_make=self._to_make(at),
        )

    def _to_make(self, at: datetime) -> tuple[tuple[str, int], ...]:
        lines = ViewStock(self._figures, self._zone)(as_of=at).lines
        wanted = sorted((line for line in lines if line.to_make), key=lambda line: -line.to_make)
        return tuple(
            (f"{line.good.product_name}, {line.good.label}", line.to_make)
            for line in wanted[:MOST_LISTED]
        )
