"""Doing for several requests at once what each would do alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

from litestar.concurrency import sync_to_thread

from eterno.application.ports.store import StoreUnavailable
from eterno.domain.errors import Refusal

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

MOST = 32
"""Wishes served together: more would hold their locks for longer than they save."""
PATIENCE = 1.0
"""Seconds to wait for one's turn before the answer is "try again"."""
SLOW = 0.25
"""Seconds after which a party keeps no other one waiting: somebody's lock may be in its way, or its
connection dead."""


class Together(Generic[Wish, Answer]):
    """Whoever comes while others are being served waits, and is then served with all who wait.

    One transaction for ten takes little longer than for one, and none of them waits for another's
    locks. Nobody waits for others to come: a party of one is served at once. Of two parties at once
    each would be half as large: an eighth fewer checkouts were made, each with a sixth more CPU.

    `serve`, in a thread of the pool, answers every wish in its place, some of them perhaps with a
    `Refusal`, which is raised for those alone. When it raises one of `nothing_done`, one wish was
    in the way of the others, and each is served alone. Anything else it raises is everybody's.
    """

    def __init__(
        self,
        serve: Callable[[Sequence[Wish]], Sequence[Answer | Refusal]],
        *,
        nothing_done: tuple[type[Refusal], ...] = (),
    ) -> None:
        self._serve = serve
        self._nothing_done = nothing_done
        self._is_busy = False
        self._waiting: deque[_Turn[Wish, Answer]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, wish: Wish) -> Answer:
        """Raises what `serve` raises or answers, and `StoreUnavailable` when the wait for a turn
        was too long; then nothing was done."""
        loop = asyncio.get_running_loop()
        turn = _Turn[Wish, Answer](wish, loop.create_future())
        self._waiting.append(turn)
        if self._is_busy:
            turn.limit = loop.call_later(PATIENCE, self._send_away, turn)
        else:
            self._is_busy = True
            self._begin(self._work())
        return await turn.answer

    async def _work(self) -> None:
        """Serve whoever waits, party after party, until nobody does."""
        while self._waiting:
            party = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            for turn in party:
                if turn.limit is not None:
                    turn.limit.cancel()
            await asyncio.wait({self._begin(self._attend(party))}, timeout=SLOW)
        self._is_busy = False

    async def _attend(self, party: Sequence[_Turn[Wish, Answer]]) -> None:
        try:
            outcomes = await sync_to_thread(self._serve, [turn.wish for turn in party])
            for turn, outcome in zip(party, outcomes, strict=True):
                turn.settle(outcome)
        except Exception as error:  # noqa: BLE001  # it is raised again, for each of them
            is_apart = len(party) > 1 and isinstance(error, self._nothing_done)
            for turn in party:
                if is_apart:
                    self._begin(self._attend([turn]))
                else:
                    turn.settle(error)

    def _send_away(self, turn: _Turn[Wish, Answer]) -> None:
        self._waiting.remove(turn)
        turn.settle(StoreUnavailable())

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself would not keep it
        task.add_done_callback(self._tasks.discard)
        return task


class _Turn(Generic[Wish, Answer]):
    """One wish, and what comes of it."""

    __slots__ = ("answer", "limit", "wish")

    def __init__(self, wish: Wish, answer: asyncio.Future[Answer]) -> None:
        self.wish = wish
        self.answer = answer
        self.limit: asyncio.TimerHandle | None = None

    def settle(self, outcome: Answer | BaseException) -> None:
        """Unless whoever asked has gone."""
        if self.answer.done():
            return
        if isinstance(outcome, BaseException):
            self.answer.set_exception(outcome)
        else:
            self.answer.set_result(outcome)
