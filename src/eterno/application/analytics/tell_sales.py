"""What was sold, and what went back: by day, week or month."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.application.analytics.question import ALL, Question, ask
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Window
from eterno.domain.figures import Measure, Sales

MEASURES = frozenset(
    {
        Measure.ORDERS,
        Measure.GROSS,
        Measure.DISCOUNTS,
        Measure.REFUNDS_GOODS,
        Measure.REFUNDS_SHIPPING,
        Measure.REFUNDS_TAX,
        Measure.SHIPPING,
        Measure.TAX,
        Measure.DISPUTES_LOST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReport:
    """Every period of the window, also those in which nothing was sold, and all together."""

    periods: tuple[tuple[Window, Sales], ...]
    total: Sales


class TellSales:
    """Sales count in the period in which they were paid, refunds in that in which they went."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(self, question: Question) -> SalesReport:
        """Raises `Invalid`."""
        answer = ask(self._figures, MEASURES, question)
        return SalesReport(
            periods=tuple((period, Sales.of(answer.sums(period))) for period in question.periods),
            total=Sales.of(answer.total().sums(ALL)),
        )
