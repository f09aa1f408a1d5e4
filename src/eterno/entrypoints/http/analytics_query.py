"""What is asked of figures, as it stands in an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar.params import FromQuery, QueryParameter

from eterno.application.analytics.question import Question, known_at
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Span, Window, local_day
from eterno.domain.errors import Invalid
from eterno.entrypoints.http.given import Given

Zone = Given[ZoneInfo]
Source = Given[Figures]

USUAL_DAYS = 30
"""As many, up to today, where no window is asked for."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _query(description: str, name: str | None = None) -> QueryParameter:
    return QueryParameter(name=name, description=description)


Since = FromQuery[
    Annotated[
        str, _query("The first day, such as 2026-03-01; without it, 30 days up to today.", "from")
    ]
]
Until = FromQuery[
    Annotated[
        str, _query("The day after the last one; without it, tomorrow. At most ten years.", "to")
    ]
]
By = FromQuery[Annotated[str, _query("`day`, `week` (from Monday) or `month`, at most 400.")]]
AsOf = FromQuery[
    Annotated[
        str,
        _query(
            "A past moment with its zone, such as 2026-03-01T12:00:00Z: what was known then."
            " Without it, now."
        ),
    ]
]


def question_of(
    figures: Source, zone: Zone, since: Since = "", until: Until = "", as_of: AsOf = ""
) -> Question:
    """Days are those of the shop's zone. Raises `Invalid` naming what is wrong."""
    moment = moment_of(as_of)
    today = local_day(known_at(figures, moment), zone)
    end = day_of(until, "to") or today + timedelta(days=1)
    start = day_of(since, "from") or end - timedelta(days=USUAL_DAYS)
    return Question(window=Window.of(start, end), by=Span.DAY, as_of=moment)


def question_by(usual: Span) -> Callable[..., Question]:
    """The same, cut into the periods that are asked for; where none are, the usual ones."""

    def question(
        figures: Source,
        zone: Zone,
        since: Since = "",
        until: Until = "",
        by: By = usual.value,
        as_of: AsOf = "",
    ) -> Question:
        return replace(question_of(figures, zone, since, until, as_of), by=span_of(by))

    return question


def year_of(text: str, today: date) -> Window:
    """A calendar year. Raises `Invalid`."""
    if not text:
        return Window.year(today.year)
    if not re.fullmatch(r"(19[89]|2[0-8][0-9])[0-9]", text):
        raise Invalid.field("year", "a year such as 2026")
    return Window.year(int(text))


def day_of(text: str, field: str) -> date | None:
    try:
        if text and not _DAY.fullmatch(text):
            raise ValueError(text)
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid.field(field, "a day such as 2026-03-01") from None


def span_of(text: str) -> Span:
    try:
        return Span(text)
    except ValueError:
        raise Invalid.field("by", "day, week or month") from None


def moment_of(text: str) -> datetime | None:
    """A plus that an address turned into a space is a plus again."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        wanted = "a moment with its zone, such as 2026-03-01T12:00:00Z"
        raise Invalid.field("as_of", wanted) from None
