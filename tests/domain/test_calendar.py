"""The shop's days, weeks and months."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.calendar import (
    FIRST_DAY,
    LAST_DAY,
    MOST_DAYS,
    MOST_PERIODS,
    Span,
    Window,
    local_day,
    midnight,
    next_start,
    start_of,
)
from eterno.domain.errors import Invalid

ZONES = [
    ZoneInfo(name)
    for name in (
        "America/Denver",
        "Europe/Berlin",
        "Asia/Kathmandu",  # a quarter of an hour off
        "Australia/Lord_Howe",  # half an hour of daylight saving
        "America/Havana",  # the hour after midnight comes twice
        "Africa/Cairo",  # midnight is skipped
        "Pacific/Chatham",
    )
]
zones = st.sampled_from(ZONES)
days = st.dates(date(1990, 1, 1), date(2040, 12, 31))
spans = st.sampled_from(list(Span))


@given(st.integers(1972, 2998))
def test_months_partition_any_year(year: int) -> None:
    months = Window.year(year).periods(Span.MONTH)

    assert [month.start.month for month in months] == list(range(1, 13))
    assert months[0].start == date(year, 1, 1)
    assert months[-1].end == date(year + 1, 1, 1)
    assert all(before.end == after.start for before, after in pairwise(months))
    assert sum(month.days for month in months) in (365, 366)


@given(start=days, length=st.integers(1, 380), span=spans)
def test_periods_partition_any_window(start: date, length: int, span: Span) -> None:
    window = Window(start, start + timedelta(days=length))
    periods = window.periods(span)

    assert (periods[0].start, periods[-1].end) == (window.start, window.end)
    for before, after in pairwise(periods):
        assert before.end == after.start == start_of(after.start, span)
    for nth in range(length):
        day = start + timedelta(days=nth)
        assert sum(day in period for period in periods) == 1


@given(day=days, span=spans)
def test_every_day_is_in_its_period(day: date, span: Span) -> None:
    assert start_of(day, span) <= day < next_start(day, span)
    assert start_of(next_start(day, span), span) == next_start(day, span)


def test_weeks_begin_on_monday() -> None:
    assert start_of(date(2026, 3, 8), Span.WEEK) == date(2026, 3, 2)
    assert next_start(date(2026, 3, 8), Span.WEEK) == date(2026, 3, 9)


def test_february_has_its_leap_day() -> None:
    months = Window.year(2028).periods(Span.MONTH)

    assert (months[1].days, date(2028, 2, 29) in months[1]) == (29, True)


@given(day=days, zone=zones)
def test_a_day_begins_at_its_first_moment(day: date, zone: ZoneInfo) -> None:
    begin = midnight(day, zone)

    assert local_day(begin, zone) == day
    assert local_day(begin - timedelta(microseconds=1), zone) == day - timedelta(days=1)


@given(at=st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), zone=zones)  # noqa: DTZ001
def test_every_moment_is_in_one_day(at: datetime, zone: ZoneInfo) -> None:
    moment = at.replace(tzinfo=UTC)
    day = local_day(moment, zone)

    assert midnight(day, zone) <= moment < midnight(day + timedelta(days=1), zone)


def test_a_day_has_as_many_hours_as_it_is_lived() -> None:
    def hours(day: date) -> float:
        length = midnight(day + timedelta(days=1), ZONES[0]) - midnight(day, ZONES[0])
        return length / timedelta(hours=1)

    assert hours(date(2026, 3, 8)) == 23
    assert hours(date(2026, 11, 1)) == 25
    assert hours(date(2026, 6, 1)) == 24


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2016, 1, 1), date(2026, 3, 1)),
        (FIRST_DAY - timedelta(days=1), date(1972, 1, 1)),
        (date(2999, 1, 1), LAST_DAY + timedelta(days=1)),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(start: date, end: date) -> None:
    with pytest.raises(Invalid):
        Window.of(start, end)


def test_the_longest_window_is_ten_years() -> None:
    end = date(2026, 3, 1)

    assert Window.of(end - timedelta(days=MOST_DAYS), end).days == MOST_DAYS


def test_a_window_is_not_cut_into_too_many_periods() -> None:
    window = Window(date(2024, 1, 1), date(2026, 1, 1))

    assert len(window.periods(Span.WEEK)) < MOST_PERIODS
    with pytest.raises(Invalid, match="by: a longer period"):
        window.periods(Span.DAY)
