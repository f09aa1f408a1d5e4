"""Requests that come while others are being served are served together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from threading import Event, Lock
from time import sleep

import pytest

from eterno.application.checkout.hold_orders import NOTHING_DONE
from eterno.application.ports.store import AlreadyThere, CollidedWork, StoreUnavailable
from eterno.domain.errors import Refusal
from eterno.domain.inventory import OutOfStock
from eterno.entrypoints.http import together
from eterno.entrypoints.http.together import MOST, Together

LONG = 10.0
"""Seconds: longer than anything here takes."""
FIRST = -1
"""Comes first, and is being served until the others have come, too."""


class Desk:
    """Serves numbers, doubling them, and while it is closed keeps whom it serves waiting."""

    def __init__(self) -> None:
        self.parties: list[list[int]] = []
        self.is_open = Event()
        self.is_open.set()
        self.trouble: Callable[[Sequence[int]], BaseException | None] = lambda _: None
        self.refused: set[int] = set()
        self._lock = Lock()

    def __call__(self, wishes: Sequence[int]) -> Sequence[int | Refusal]:
        with self._lock:
            self.parties.append(list(wishes))
        assert self.is_open.wait(LONG)
        if trouble := self.trouble(wishes):
            raise trouble
        return [Refusal(f"not {wish}") if wish in self.refused else 2 * wish for wish in wishes]


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not holds():
            await asyncio.sleep(0.001)


def after_another(
    desk: Desk, wishes: Sequence[int], *, closed_for: float = 0.0
) -> list[int | BaseException]:
    """What comes of these wishes, which come while another one is being served; in `desk.parties`
    are afterwards those that were served after it."""

    async def come() -> list[int | BaseException]:
        serve = Together[int, int](desk, nothing_done=NOTHING_DONE)
        desk.is_open.clear()
        first = asyncio.create_task(serve(FIRST))
        await until(lambda: desk.parties == [[FIRST]])
        desk.parties.clear()
        others = [asyncio.create_task(serve(wish)) for wish in wishes]
        await asyncio.sleep(closed_for)
        desk.is_open.set()
        assert await first == 2 * FIRST
        outcomes = await asyncio.gather(*others, return_exceptions=True)
        assert await serve(100) == 200  # whatever it was, the next one is served
        assert desk.parties.pop() == [100]
        return outcomes

    return asyncio.run(come())


def test_who_comes_alone_is_served_alone_and_at_once(desk: Desk) -> None:
    async def come() -> list[int]:
        serve = Together[int, int](desk)
        return [await serve(1), await serve(2)]

    assert asyncio.run(come()) == [2, 4]
    assert desk.parties == [[1], [2]]


def test_who_comes_at_the_same_moment_is_served_together(desk: Desk) -> None:
    async def come() -> list[int]:
        serve = Together[int, int](desk)
        return list(await asyncio.gather(serve(1), serve(2), serve(3)))

    assert asyncio.run(come()) == [2, 4, 6]
    assert desk.parties == [[1, 2, 3]]


def test_who_comes_meanwhile_is_served_together_with_all_who_wait(desk: Desk) -> None:
    assert after_another(desk, [1, 2, 3]) == [2, 4, 6]
    assert desk.parties == [[1, 2, 3]]


def test_a_party_has_its_limit(desk: Desk) -> None:
    wishes = range(MOST + 2)

    assert after_another(desk, wishes) == [2 * wish for wish in wishes]
    assert [len(party) for party in desk.parties] == [MOST, 2]


def test_a_refusal_is_for_whom_it_concerns(desk: Desk) -> None:
    desk.refused = {2}

    one, two, three = after_another(desk, [1, 2, 3])

    assert (one, three) == (2, 6)
    assert isinstance(two, Refusal)


@pytest.mark.parametrize("nothing_done", [CollidedWork(), AlreadyThere("key"), OutOfStock(())])
def test_when_one_is_in_the_others_way_each_is_served_alone(
    desk: Desk, nothing_done: Refusal
) -> None:
    desk.trouble = lambda wishes: nothing_done if 2 in wishes else None

    assert after_another(desk, [1, 2, 3]) == [2, nothing_done, 6]
    together, *alone = desk.parties
    assert together == [1, 2, 3]
    assert sorted(alone) == [[1], [2], [3]]


@pytest.mark.parametrize("trouble", [StoreUnavailable(), ZeroDivisionError()])
def test_what_nobody_knows_the_end_of_is_not_done_again(desk: Desk, trouble: Exception) -> None:
    desk.trouble = lambda wishes: trouble if 2 in wishes else None

    assert after_another(desk, [1, 2, 3]) == [trouble] * 3
    assert desk.parties == [[1, 2, 3]]


def test_who_waits_too_long_is_sent_away_and_nothing_was_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "PATIENCE", 0.02)

    outcomes = after_another(desk, [1, 2], closed_for=0.2)

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 2
    assert desk.parties == []


def test_a_party_that_takes_long_keeps_no_other_one_waiting(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "SLOW", 0.02)
    stuck = Event()

    def hang(wishes: Sequence[int]) -> None:
        if 1 in wishes:
            assert stuck.wait(LONG)

    async def come() -> list[int]:
        serve = Together[int, int](desk)
        first = asyncio.create_task(serve(1))
        await until(lambda: desk.parties == [[1]])
        others = [await serve(2), await serve(3)]
        assert not first.done()
        stuck.set()
        return [await first, *others]

    desk.trouble = hang
    assert asyncio.run(come()) == [2, 4, 6]
    assert desk.parties == [[1], [2], [3]]


def test_who_is_being_served_is_not_sent_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "PATIENCE", 0.1)

    def take_long(wishes: Sequence[int]) -> None:
        if 1 in wishes:
            sleep(0.3)

    desk.trouble = take_long
    assert after_another(desk, [1, 2]) == [2, 4]


def test_who_has_gone_is_served_and_nobody_minds(desk: Desk) -> None:
    async def come() -> int:
        serve = Together[int, int](desk)
        desk.is_open.clear()
        gone = asyncio.create_task(serve(1))
        await until(lambda: desk.parties == [[1]])
        gone.cancel()
        desk.is_open.set()
        return await serve(2)

    assert asyncio.run(come()) == 4


def test_an_answer_that_is_missing_keeps_nobody_waiting() -> None:
    async def come() -> None:
        serve = Together[int, int](lambda _: [])
        for _ in range(2):
            with pytest.raises(ValueError, match="shorter"):
                await asyncio.wait_for(serve(1), LONG)

    asyncio.run(come())
