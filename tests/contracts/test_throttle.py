from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from eterno.application.ports.store import Store
from tests.contracts.conftest import Bench
from tests.contracts.race import at_once, rivals
from tests.contracts.test_store import Trouble

FIVE_MINUTES = timedelta(minutes=5)
A_SECOND = timedelta(seconds=1)


def take(store: Store, subject: str = "login of rosa", *, most: int = 3) -> bool:
    with store.begin() as work:
        return work.throttle.take(subject, work.now, most=most, within=FIVE_MINUTES)


def test_so_many_tries_are_counted_and_no_more(store: Store) -> None:
    assert [take(store) for _ in range(5)] == [True, True, True, False, False]


def test_each_subject_is_counted_by_itself(store: Store) -> None:
    assert [take(store) for _ in range(4)][-1] is False

    assert take(store, "login of ada")


def test_a_try_is_forgotten_when_its_time_is_over(bench: Bench) -> None:
    take(bench.store)
    bench.advance(A_SECOND)
    take(bench.store)
    take(bench.store)
    bench.advance(FIVE_MINUTES - 2 * A_SECOND)
    assert not take(bench.store)

    bench.advance(A_SECOND)

    assert take(bench.store)
    assert not take(bench.store)


def test_a_try_that_was_refused_is_not_counted(bench: Bench) -> None:
    for _ in range(9):
        take(bench.store)
    bench.advance(FIVE_MINUTES)

    assert [take(bench.store) for _ in range(4)] == [True, True, True, False]


def test_a_try_counts_only_if_its_work_is_done(store: Store) -> None:
    with suppress(Trouble), store.begin() as work:
        work.throttle.take("login of rosa", work.now, most=1, within=FIVE_MINUTES)
        raise Trouble

    assert take(store, most=1)


def counted_now(store: Store, subject: str = "login of rosa") -> datetime:
    with store.begin() as work:
        assert work.throttle.take(subject, work.now, most=9, within=FIVE_MINUTES)
        return work.now


def test_a_try_can_be_given_back(store: Store) -> None:
    at = counted_now(store)
    with store.begin() as work:
        work.throttle.give_back("login of rosa", at)

    assert [take(store, most=1) for _ in range(2)] == [True, False]


def test_only_one_try_of_that_moment_is_given_back(bench: Bench) -> None:
    with bench.store.begin() as work:
        at = work.now
        for _ in range(2):
            work.throttle.take("login of rosa", at, most=9, within=FIVE_MINUTES)
        work.throttle.give_back("login of rosa", at)

    assert [take(bench.store, most=2) for _ in range(2)] == [True, False]


def test_what_was_never_counted_cannot_be_given_back(store: Store) -> None:
    at = counted_now(store)
    with store.begin() as work:
        work.throttle.give_back("login of rosa", at - A_SECOND)
        work.throttle.give_back("login of ada", at)

    assert not take(store, most=1)


def test_who_counts_the_same_subject_waits(store: Store) -> None:
    with rivals() as start:
        with store.begin() as work:
            assert work.throttle.take("login of rosa", work.now, most=1, within=FIVE_MINUTES)
            rival = start(lambda: take(store, most=1))
            rival.must_wait()

        assert rival.result() is False


def test_of_many_tries_at_once_no_more_than_the_limit_are_allowed(store: Store) -> None:
    allowed = at_once(*[lambda: take(store, most=3)] * 8)

    assert sorted(allowed) == [False] * 5 + [True] * 3
