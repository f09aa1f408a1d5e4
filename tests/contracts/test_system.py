from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from eterno.adapters.system.clock import SystemClock
from eterno.adapters.system.ids import SystemIds
from eterno.application.ports.system import Clock, Ids
from tests.support.clock import FixedClock
from tests.support.ids import CountingIds


@pytest.fixture(params=[FixedClock, SystemClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[CountingIds, SystemIds])
def ids(request: pytest.FixtureRequest) -> Ids:
    made: Ids = request.param()
    return made


# Clock


def test_the_present_is_in_utc_and_knows_its_zone(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC


def test_time_does_not_run_backward(clock: Clock) -> None:
    moments = [clock.now() for _ in range(100)]

    assert moments == sorted(moments)


def test_the_systems_present_is_now() -> None:
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock()
    before = clock.now()

    clock.advance(timedelta(minutes=31))

    assert clock.now() - before == timedelta(minutes=31)


# Ids


def test_a_name_is_never_used_twice(ids: Ids) -> None:
    assert len({ids.new() for _ in range(10_000)}) == 10_000


def test_later_names_sort_after_earlier_ones_to_the_millisecond(ids: Ids) -> None:
    names = []
    for _ in range(5):
        names.append(ids.new())
        time.sleep(0.002)

    assert names == sorted(names)


def test_tokens_are_never_the_same_and_safe_in_an_address(ids: Ids) -> None:
    tokens = {ids.token() for _ in range(10_000)}

    assert len(tokens) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", token) for token in tokens)


def test_a_token_of_the_system_has_at_least_128_random_bits() -> None:
    assert all(len(SystemIds().token()) * 6 >= 128 for _ in range(100))


def test_a_name_of_the_system_is_a_uuid_of_version_7_made_now() -> None:
    for _ in range(1_000):
        before, name, after = time.time_ns(), SystemIds().new(), time.time_ns()

        assert isinstance(name, UUID)
        assert name.version == 7
        assert name.variant == RFC_4122
        assert before // 1_000_000 <= name.int >> 80 <= after // 1_000_000


def test_all_other_bits_of_such_a_name_are_random() -> None:
    names = [SystemIds().new().int for _ in range(1_000)]
    ever_set, always_set = 0, ~0
    for name in names:
        ever_set |= name
        always_set &= name

    random = (1 << 76) - 1 & ~(0b11 << 62)
    assert ever_set & random == random
    assert always_set & random == 0
