"""What the owner reads by the calendar: what is low, and how the week was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from eterno.application.analytics.weekly import WeeklyFigures
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.ports.mail import Letter, Mailer, Stationery
from eterno.application.ports.queues import Task
from eterno.application.ports.views import InventoryDesk

LOW_STOCK_LETTER, WEEKLY_LETTER = "low_stock", "weekly_figures"
MOST_LINES = 100
"""In one letter; what is more is counted."""


class OwnerLetters:
    """Writes to the owner. A letter bears the id of its task."""

    def __init__(self, stationery: Stationery, mailer: Mailer, shop: ShopFacts) -> None:
        self._stationery = stationery
        self._mailer = mailer
        self._shop = shop

    def send(
        self, task: Task, name: str, facts: Mapping[str, object], *, reply_to: str | None = None
    ) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        written = self._stationery.write(name, {**facts, "shop": self._shop})
        self._mailer.send(
            Letter(
                id=str(task.id),
                to=self._shop.owner_email,
                subject=written.subject,
                text=written.text,
                html=written.html,
                reply_to=reply_to,
            )
        )


def due_of(task: Task) -> datetime:
    """When this letter was due, by the shop's clock."""
    return datetime.fromisoformat(task.facts["due"])


class LowStockLetter:
    """A reaction: what can hardly be sold any more, as it is when the letter is written.

    When nothing is low there is no letter.
    """

    def __init__(self, desk: InventoryDesk, letters: OwnerLetters, threshold: int) -> None:
        self._desk = desk
        self._letters = letters
        self._threshold = threshold

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        low = self._desk.stock(at_most=self._threshold)
        if not low:
            return
        facts = {
            "lines": sorted(low, key=lambda line: (line.available, line.variant.id)),
            "most": MOST_LINES,
            "threshold": self._threshold,
            "day": due_of(task).date(),
        }
        self._letters.send(task, LOW_STOCK_LETTER, facts)


class WeeklyLetter:
    """A reaction: the figures of the week before the one in which the letter was due, as they were
    known then.

    A week in which nothing happened, after one in which nothing was sold, has no letter.
    """

    def __init__(
        self, tell_week: Callable[[datetime], WeeklyFigures], letters: OwnerLetters
    ) -> None:
        self._tell_week = tell_week
        self._letters = letters

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        week = self._tell_week(due_of(task))
        if any((week.orders, week.orders_before, week.refunds, week.started, week.late)):
            self._letters.send(task, WEEKLY_LETTER, {"week": week})
