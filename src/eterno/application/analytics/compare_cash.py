"""What the payment service should have for us, and orders that do not add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eterno.application.analytics.question import ALL, Question, ask, known_at
from eterno.application.analytics.tell_sales import MEASURES
from eterno.application.ports.figures import Difference, Figures
from eterno.domain.calendar import Window
from eterno.domain.figures import Sales

LONGEST = 31
"""Days whose orders are compared one by one."""
MOST = 100
"""Differences that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CashReport:
    """`sales.expected_net` is before the payment service's fees, and with what was sold by hand."""

    window: Window
    sales: Sales
    differences: Sequence[Difference]


class CompareCash:
    """Charged, given back and lost in disputes by the history of orders; and every order that was
    paid in the window whose money ledger tells something else."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def __call__(self, question: Question) -> CashReport:
        """Raises `Invalid`, also for a window longer than a month."""
        window = Window.of(question.window.start, question.window.end, most=LONGEST)
        as_of = known_at(self._figures, question.as_of)
        answer = ask(self._figures, MEASURES, Question(window=window, as_of=as_of))
        return CashReport(
            window=window,
            sales=Sales.of(answer.total().sums(ALL)),
            differences=self._figures.differences(window, as_of=as_of, most=MOST),
        )
