from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock
from time import monotonic, sleep

import pytest

from eterno.application import together
from eterno.application.ports.store import AlreadyThere, CollidedWork, StoreUnavailable
from eterno.application.together import MOST, Together
from eterno.domain.errors import Refusal
from eterno.domain.inventory import OutOfStock

LONG = 10.0
"""Seconds: longer than anything here takes."""


class Desk:
    """Serves numbers, doubling them, and while it is closed keeps whom it serves waiting."""

    def __init__(self) -> None:
        self.parties: list[list[int]] = []
        self.open = Event()
        self.open.set()
        self.trouble: Callable[[Sequence[int]], BaseException | None] = lambda _: None
        self.refused: set[int] = set()
        self._lock = Lock()

    def __call__(self, wishes: Sequence[int]) -> Sequence[int | Refusal]:
        with self._lock:
            self.parties.append(list(wishes))
        assert self.open.wait(LONG)
        if trouble := self.trouble(wishes):
            raise trouble
        return [Refusal(f"not {wish}") if wish in self.refused else 2 * wish for wish in wishes]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def at(desk: Desk, *, at_once: int = 1) -> Together[int, int]:
    return Together[int, int](desk, at_once=at_once)


def until(holds: Callable[[], bool]) -> None:
    since = monotonic()
    while not holds():
        assert monotonic() - since < LONG
        sleep(0.001)


@contextmanager
def crowd(
    desk: Desk, serve: Together[int, int], first: Sequence[int], then: Sequence[int]
) -> Iterator[dict[int, Future[int]]]:
    """Those who come first are being served when the others come, one after the other."""
    desk.open.clear()
    with ThreadPoolExecutor(len(first) + len(then)) as threads:
        come = {}
        for place, wish in enumerate(first, 1):
            come[wish] = threads.submit(serve, wish)
            until(lambda place=place: len(desk.parties) == place)  # type: ignore[misc]
        for place, wish in enumerate(then, 1):
            come[wish] = threads.submit(serve, wish)
            until(lambda place=place: len(serve._waiting) == place)  # type: ignore[misc]
        desk.open.set()
        yield come


def test_who_comes_alone_is_served_at_once(desk: Desk) -> None:
    serve = at(desk)

    assert [serve(1), serve(2)] == [2, 4]
    assert desk.parties == [[1], [2]]


def test_who_comes_meanwhile_is_served_together_with_all_who_wait(desk: Desk) -> None:
    with crowd(desk, at(desk), [1], [2, 3, 4]) as come:
        assert {wish: each.result(LONG) for wish, each in come.items()} == {1: 2, 2: 4, 3: 6, 4: 8}

    assert desk.parties == [[1], [2, 3, 4]]


def test_so_many_parties_are_served_at_once(desk: Desk) -> None:
    with crowd(desk, at(desk, at_once=2), [1, 2], [3]) as come:
        assert come[3].result(LONG) == 6

    assert desk.parties == [[1], [2], [3]]


def test_a_party_has_its_limit(desk: Desk) -> None:
    others = range(1, MOST + 3)
    with crowd(desk, at(desk), [0], others) as come:
        assert [come[wish].result(LONG) for wish in others] == [2 * wish for wish in others]

    assert [len(party) for party in desk.parties] == [1, MOST, 2]


def test_a_refusal_is_for_whom_it_concerns(desk: Desk) -> None:
    desk.refused = {3}
    with crowd(desk, at(desk), [1], [2, 3, 4]) as come:
        with pytest.raises(Refusal, match="not 3"):
            come[3].result(LONG)
        assert (come[2].result(LONG), come[4].result(LONG)) == (4, 8)


@pytest.mark.parametrize(
    "nothing_done", [CollidedWork(), AlreadyThere("order key"), OutOfStock(())], ids=type
)
def test_when_one_is_in_the_others_way_each_is_served_alone(
    desk: Desk, nothing_done: Refusal
) -> None:
    desk.trouble = lambda wishes: nothing_done if 3 in wishes else None
    with crowd(desk, at(desk), [1], [2, 3, 4]) as come:
        assert (come[2].result(LONG), come[4].result(LONG)) == (4, 8)
        with pytest.raises(type(nothing_done)):
            come[3].result(LONG)

    assert desk.parties[:2] == [[1], [2, 3, 4]]
    assert sorted(desk.parties[2:]) == [[2], [3], [4]]


class Killed(BaseException):
    """The one who served them is gone."""


@pytest.mark.parametrize("trouble", [StoreUnavailable(), ZeroDivisionError(), Killed()], ids=type)
def test_what_nobody_knows_the_end_of_is_not_done_again(desk: Desk, trouble: Exception) -> None:
    desk.trouble = lambda wishes: trouble if 3 in wishes else None
    with crowd(desk, at(desk), [1], [2, 3, 4]) as come:
        for wish in (2, 3, 4):
            with pytest.raises(type(trouble)):
                come[wish].result(LONG)

    assert desk.parties == [[1], [2, 3, 4]]


@pytest.mark.parametrize("trouble", [CollidedWork(), ZeroDivisionError(), Killed()], ids=type)
def test_after_any_trouble_the_next_one_is_served(desk: Desk, trouble: Exception) -> None:
    serve = at(desk)
    desk.trouble = lambda wishes: trouble if wishes == [1] else None
    with pytest.raises(type(trouble)):
        serve(1)

    assert serve(2) == 4


def test_an_answer_that_is_missing_is_a_bug_and_keeps_nobody_waiting() -> None:
    serve = Together[int, int](lambda _: [], at_once=1)

    for _ in range(2):
        with pytest.raises(ValueError, match="shorter"):
            serve(1)


def test_who_waits_too_long_is_sent_away_and_nothing_was_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "PATIENCE", 0.02)
    serve = at(desk)
    desk.open.clear()
    with ThreadPoolExecutor(2) as threads:
        served = threads.submit(serve, 1)
        until(lambda: desk.parties == [[1]])
        with pytest.raises(StoreUnavailable):
            threads.submit(serve, 2).result(LONG)
        desk.open.set()
        assert served.result(LONG) == 2

    assert serve(3) == 6
    assert desk.parties == [[1], [3]]


def test_who_is_being_served_is_not_sent_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "PATIENCE", 0.2)
    slow = Event()
    desk.trouble = lambda wishes: None if wishes == [1] or slow.wait(LONG) else Killed()
    with crowd(desk, at(desk), [1], [2, 3]) as come:
        until(lambda: len(desk.parties) == 2)
        sleep(0.4)
        assert not come[3].done()
        slow.set()
        assert (come[2].result(LONG), come[3].result(LONG)) == (4, 6)
