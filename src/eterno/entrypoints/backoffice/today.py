"""What wants to be done today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from litestar import get

from eterno.application.analytics.question import Question
from eterno.application.analytics.tell_sales import TellSales
from eterno.application.checkout.hear import Outcome
from eterno.application.ports.office import OfficeDesk
from eterno.application.ports.system import Clock
from eterno.application.ports.views import InventoryDesk, OutboxDesk, ShownTask
from eterno.domain.calendar import Span, Window, local_day, start_of
from eterno.domain.money import Currency
from eterno.domain.orders import OrderState
from eterno.entrypoints.backoffice.sayings import GIVEN_UP, LETTERS_GIVEN_UP
from eterno.entrypoints.backoffice.screens import Page, Screen
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.settings import Settings

ASTRAY = frozenset({Outcome.STRAY, Outcome.UNKNOWN_ORDER})
"""What comes of notices that fit no order of ours."""
ORPHANED = frozenset({Outcome.REPORTED})
"""What comes of those too, and of others: it counts where they are about no order."""
LATELY = timedelta(days=7)
MOST_SHOWN = 30


@get("/", sync_to_thread=True)
def show_today(
    screen: Given[Screen],
    office_desk: Given[OfficeDesk],
    outbox_desk: Given[OutboxDesk],
    inventory_desk: Given[InventoryDesk],
    settings: Given[Settings],
    tell_sales: Given[TellSales],
    clock: Given[Clock],
) -> Page:
    """What needs attention, what is to be made, what is to be sent, and how the week goes."""
    now = clock.now()
    before, week = tell_sales(_two_weeks(now, settings.zone)).periods
    unfinished = office_desk.unfinished(most=2 * MOST_SHOWN)
    to_make = [order for order in unfinished if order.state is OrderState.PAID]
    facts = {
        "now": now,
        "week": week[1],
        "week_before": before[1],
        "currency": Currency(settings.currency),
        "questions": office_desk.in_question(most=MOST_SHOWN),
        "dead": _by_what_was_given_up(outbox_desk.tasks(state="dead", most=MOST_SHOWN)),
        "astray": office_desk.notices(
            outcomes=ASTRAY, about_no_order=ORPHANED, since=now - LATELY, most=MOST_SHOWN
        ),
        "low": inventory_desk.stock(at_most=settings.low_stock_threshold),
        "to_make": to_make,
        "to_send": [order for order in unfinished if order not in to_make],
    }
    return screen.page("today.html", facts)


def _by_what_was_given_up(
    dead: Iterable[ShownTask],
) -> Mapping[tuple[str, str], Sequence[ShownTask]]:
    """What is said of one and of many, and the tasks of which it is."""
    alike: dict[tuple[str, str], list[ShownTask]] = {}
    for task in dead:
        alike.setdefault(GIVEN_UP.get(task.reaction, LETTERS_GIVEN_UP), []).append(task)
    return alike


def _two_weeks(now: datetime, zone: ZoneInfo) -> Question:
    """This week, from Monday, and the one before."""
    monday = start_of(local_day(now, zone), Span.WEEK)
    week = timedelta(days=7)
    return Question(window=Window(monday - week, monday + week), by=Span.WEEK)


TODAY = (show_today,)
