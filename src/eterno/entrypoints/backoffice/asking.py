"""What the owner asks about: which days, as known when, and after which page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from eterno.application.analytics.question import Question
from eterno.domain.calendar import FIRST_DAY, LAST_DAY, Span, Window, local_day, midnight, start_of
from eterno.domain.errors import Invalid
from eterno.entrypoints.backoffice.forms import Form

USUAL_MONTHS = 12
_DAILY, _WEEKLY = 45, 190
"""Days up to which a chart shows days, and weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the figures, and the same about the time just before, to compare with."""

    now: Question
    before: Question
    first: date
    last: date
    as_of: date | None
    """The last day of which everything is known; None for all that is known now."""

    @property
    def by(self) -> Span:
        return self.now.by or Span.DAY


def asked_of(form: Form, *, now: datetime, zone: ZoneInfo) -> Asked:
    """Days as the owner means them: with the last one. Without any, the last twelve months, this
    one included. Raises `Invalid` naming the field."""
    today = local_day(now, zone)
    first, last, as_of = (day_of(form.text(name), name) for name in ("from", "to", "as_of"))
    known = as_of if as_of is not None and as_of < today else None
    last = last or known or today
    first = first or _months_before(last, USUAL_MONTHS - 1)
    window = Window.of(first, last + timedelta(days=1))
    moment = midnight(known + timedelta(days=1), zone) if known else None
    by = Span.DAY if window.days <= _DAILY else Span.WEEK if window.days <= _WEEKLY else Span.MONTH
    before = Window(max(FIRST_DAY, window.start - timedelta(days=window.days)), window.start)
    return Asked(
        now=Question(window=window, by=by, as_of=moment),
        before=Question(window=before, as_of=moment),
        first=first,
        last=last,
        as_of=known,
    )


def day_of(text: str, field: str) -> date | None:
    """Raises `Invalid` naming the field."""
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not FIRST_DAY <= day < LAST_DAY:
        raise Invalid.field(field, "a day such as 2026-03-01")
    return day


def id_of(text: str) -> UUID | None:
    """Of the last one on the page before. Raises `Invalid`."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid.field("after", "the page before is not known") from None


def presets(today: date) -> list[tuple[str, date, date]]:
    """Windows that are asked for often: what they are called, and their first and last day."""
    month = start_of(today, Span.MONTH)
    return [
        ("30 days", today - timedelta(days=29), today),
        ("This month", month, today),
        ("Last month", _months_before(today, 1), month - timedelta(days=1)),
        ("This year", today.replace(month=1, day=1), today),
        ("12 months", _months_before(today, USUAL_MONTHS - 1), today),
    ]


def _months_before(day: date, months: int) -> date:
    """The first day of the month so many months before."""
    place = max(day.year * 12 + day.month - 1 - months, FIRST_DAY.year * 12)
    return date(place // 12, place % 12 + 1, 1)
