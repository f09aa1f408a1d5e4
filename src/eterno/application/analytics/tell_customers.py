"""Who comes back."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.application.analytics.question import ALL, Question, ask
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Window
from eterno.domain.figures import Measure, Sums, ratio

MEASURES = frozenset(
    {Measure.ORDERS, Measure.RETURNING, Measure.CUSTOMERS, Measure.REPEAT_CUSTOMERS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loyalty:
    """Orders of a period, and those of buyers who had bought before."""

    orders: int
    returning: int

    @property
    def returning_share(self) -> float | None:
        return ratio(self.returning, self.orders)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerReport:
    """Every period of the window, and buyers up to the moment that was asked about."""

    periods: tuple[tuple[Window, Loyalty], ...]
    total: Loyalty
    customers: int
    """With at least one paid order."""
    repeat_customers: int
    """With at least two."""

    @property
    def repeat_rate(self) -> float | None:
        return ratio(self.repeat_customers, self.customers)


class TellCustomers:
    """A buyer is known by her e-mail address. Orders without one are orders of nobody."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(self, question: Question) -> CustomerReport:
        """Raises `Invalid`."""
        answer = ask(self._figures, MEASURES, question, around=True)
        ever = answer.total().sums(ALL)
        periods = tuple((period, _loyalty(answer.sums(period))) for period in question.periods)
        return CustomerReport(
            periods=periods,
            total=Loyalty(
                orders=sum(loyalty.orders for _, loyalty in periods),
                returning=sum(loyalty.returning for _, loyalty in periods),
            ),
            customers=ever.get(Measure.CUSTOMERS, 0),
            repeat_customers=ever.get(Measure.REPEAT_CUSTOMERS, 0),
        )


def _loyalty(sums: Sums) -> Loyalty:
    return Loyalty(orders=sums.get(Measure.ORDERS, 0), returning=sums.get(Measure.RETURNING, 0))
