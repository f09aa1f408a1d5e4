"""How attempts to buy went, by when they were begun."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.application.analytics.question import ALL, Answer, Question, ask
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Window
from eterno.domain.figures import Checkouts, Measure

MEASURES = frozenset(
    {
        Measure.STARTED,
        Measure.PAID,
        Measure.FAILED,
        Measure.EXPIRED,
        Measure.ABANDONED,
        Measure.ABANDONED_VALUE,
        Measure.MINUTES_TO_PAY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutReport:
    """Every period of the window, and all together."""

    periods: tuple[tuple[Window, Checkouts], ...]
    total: Checkouts


class TellCheckouts:
    """From the first step to the money, or to where it ended. What is sold by hand is not here."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(self, question: Question) -> CheckoutReport:
        """Raises `Invalid`."""
        answer = ask(self._figures, MEASURES, question)
        return CheckoutReport(
            periods=tuple((period, _of(answer, period)) for period in question.periods),
            total=_of(answer.total(), ALL),
        )


def _of(answer: Answer, period: Window) -> Checkouts:
    sums = answer.sums(period)
    return Checkouts(
        started=sums.get(Measure.STARTED, 0),
        paid=sums.get(Measure.PAID, 0),
        failed=sums.get(Measure.FAILED, 0),
        expired=sums.get(Measure.EXPIRED, 0),
        abandoned=sums.get(Measure.ABANDONED, 0),
        abandoned_value=sums.get(Measure.ABANDONED_VALUE, 0),
        minutes_to_pay=answer.spread(period, Measure.MINUTES_TO_PAY),
    )
