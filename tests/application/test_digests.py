"""Letters that come by the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import RFC_4122
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.memory.store import MemoryStore
from eterno.application.letters.digests import LOW_STOCK, WEEK, DigestPolicy, SendDigests
from tests.contracts.race import at_once
from tests.support.clock import FixedClock

DENVER = ZoneInfo("America/Denver")
BOTH = DigestPolicy(zone=DENVER)
Desk = tuple[FixedClock, MemoryStore]


@pytest.fixture
def desk() -> Desk:
    """On Wednesday, 4 March 2026, an hour before the morning's letters in Denver (UTC-7)."""
    clock = FixedClock(datetime(2026, 3, 4, 13, tzinfo=UTC))
    return clock, MemoryStore(clock)


def written(store: MemoryStore) -> list[tuple[str, str]]:
    """(reaction, the day it was due) of all tasks, the first due first."""
    tasks = sorted(store.tables.outbox.values(), key=lambda filed: filed.task.id)
    return [(filed.task.reaction, filed.task.facts["due"][:10]) for filed in tasks]


def test_the_first_morning_brings_both(desk: Desk) -> None:
    clock, store = desk
    clock.advance(timedelta(hours=1))

    assert SendDigests(store, BOTH)() == 2

    assert written(store) == [(WEEK, "2026-03-02"), (LOW_STOCK, "2026-03-04")]


def test_nothing_comes_twice_however_often_the_worker_starts(desk: Desk) -> None:
    _, store = desk
    SendDigests(store, BOTH)()

    assert [SendDigests(store, BOTH)() for _ in range(3)] == [0, 0, 0]


def test_of_several_workers_one_writes(desk: Desk) -> None:
    _, store = desk
    workers = [SendDigests(store, BOTH) for _ in range(4)]

    assert sorted(at_once(*workers)) == [0, 0, 0, 2]


def test_a_day_begins_with_its_morning_in_the_shops_zone(desk: Desk) -> None:
    clock, store = desk
    send = SendDigests(store, DigestPolicy(zone=DENVER, week=False))
    send()
    clock.advance(timedelta(minutes=59))
    assert send() == 0
    clock.advance(timedelta(minutes=1))
    assert send() == 1

    assert written(store) == [(LOW_STOCK, "2026-03-03"), (LOW_STOCK, "2026-03-04")]


def test_after_a_pause_only_what_is_due_now_is_written(desk: Desk) -> None:
    clock, store = desk
    send = SendDigests(store, BOTH)
    send()
    clock.advance(timedelta(days=30))

    assert send() == 2
    assert written(store)[2:] == [(WEEK, "2026-03-30"), (LOW_STOCK, "2026-04-03")]


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (DigestPolicy(zone=UTC, low_stock=False), {WEEK}),
        (DigestPolicy(zone=UTC, week=False), {LOW_STOCK}),
        (DigestPolicy(zone=UTC, low_stock=False, week=False), set()),
    ],
)
def test_what_is_not_wanted_is_not_written(
    desk: Desk, policy: DigestPolicy, wanted: set[str]
) -> None:
    _, store = desk
    SendDigests(store, policy)()
    assert {reaction for reaction, _ in written(store)} == wanted


SOMETIME = st.integers(0, 4 * 365 * 24).map(
    lambda hours: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
)
CLOCKS_CHANGE = st.sampled_from(
    [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 6), (3, 27), (10, 23), (10, 30))]
)
ZONES = st.sampled_from(["America/Denver", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"])


@given(
    zone=ZONES.map(ZoneInfo),
    hour=st.integers(0, 23),
    start=SOMETIME | CLOCKS_CHANGE,
    steps=st.lists(st.integers(1, 90), min_size=30, max_size=60),
)
def test_each_day_and_each_week_has_one_letter_whatever_the_clocks_do(
    zone: ZoneInfo, hour: int, start: datetime, steps: list[int]
) -> None:
    """With a worker that is never away for longer than an hour and a half."""
    clock = FixedClock(start)
    store = MemoryStore(clock)
    send = SendDigests(store, DigestPolicy(zone=zone, hour=hour))
    for minutes in steps:
        send()
        clock.advance(timedelta(minutes=minutes))
    send()

    days = _days(store, LOW_STOCK)
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    weeks = _days(store, WEEK)
    assert all(day.weekday() == 0 for day in weeks)
    assert weeks == [weeks[0] + timedelta(days=7 * n) for n in range(len(weeks))]
    assert all(id.version == 7 and id.variant == RFC_4122 for id in store.tables.outbox)


def _days(store: MemoryStore, reaction: str) -> list[date]:
    return [date.fromisoformat(day) for name, day in written(store) if name == reaction]
