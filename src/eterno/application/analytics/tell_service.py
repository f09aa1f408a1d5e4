"""How buyers were served: what came back, what was disputed, what was late."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.application.analytics.question import ALL, Answer, Question, ask
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Window
from eterno.domain.figures import Measure, Sales, Service

MEASURES = frozenset(
    {
        Measure.ORDERS,
        Measure.GROSS,
        Measure.DISCOUNTS,
        Measure.SHIPPING,
        Measure.TAX,
        Measure.REFUNDED_ORDERS,
        Measure.REFUNDED_VALUE,
        Measure.DISPUTES,
        Measure.DUE,
        Measure.ON_TIME,
        Measure.DAYS_TO_SHIP,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReport:
    """Every period of the window, and all together."""

    periods: tuple[tuple[Window, Service], ...]
    total: Service


class TellService:
    """Refunds and disputes count where the order was paid, lateness where its promise fell due."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(self, question: Question) -> ServiceReport:
        """Raises `Invalid`."""
        answer = ask(self._figures, MEASURES, question)
        return ServiceReport(
            periods=tuple((period, _of(answer, period)) for period in question.periods),
            total=_of(answer.total(), ALL),
        )


def _of(answer: Answer, period: Window) -> Service:
    sums = answer.sums(period)
    return Service(
        orders=sums.get(Measure.ORDERS, 0),
        charged=Sales.of(sums).charged,
        refunded_orders=sums.get(Measure.REFUNDED_ORDERS, 0),
        refunded_value=sums.get(Measure.REFUNDED_VALUE, 0),
        disputes=sums.get(Measure.DISPUTES, 0),
        due=sums.get(Measure.DUE, 0),
        on_time=sums.get(Measure.ON_TIME, 0),
        days_to_ship=answer.spread(period, Measure.DAYS_TO_SHIP),
    )
