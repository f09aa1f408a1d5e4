"""Doing for several at once what each would do alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar, cast

from eterno.application.ports.store import AlreadyThere, CollidedWork, StoreUnavailable
from eterno.domain.errors import Refusal
from eterno.domain.inventory import OutOfStock

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

PATIENCE = 1.0
"""Seconds to wait for one's turn before the answer is "try again"."""
MOST = 32
"""Wishes served together: more would hold their locks for longer than they save."""
_NOTHING_DONE = (AlreadyThere, CollidedWork, OutOfStock)
"""After one of these it is known that nothing was done."""


class Together(Generic[Wish, Answer]):
    """Whoever comes while others are being served waits, and is then served with all who wait.

    One transaction for twenty takes hardly longer than for one, and the fewer there are, the less
    they wait for each other's locks. Nobody waits for others to come: up to `at_once` are served at
    once, and of those who wait the first one serves the others in its own thread.

    `serve` answers every wish in its place, some of them perhaps with a `Refusal`, which is raised
    for those alone. When it raises one that says that nothing was done, because one wish was in the
    way of the others, each is served alone. Anything else it raises is everybody's.
    """

    def __init__(
        self, serve: Callable[[Sequence[Wish]], Sequence[Answer | Refusal]], *, at_once: int
    ) -> None:
        self._serve = serve
        self._free = at_once
        self._waiting: deque[_Turn[Wish, Answer]] = deque()
        self._lock = Lock()

    def __call__(self, wish: Wish) -> Answer:
        """Raises what `serve` raises or answers, and `StoreUnavailable` when the wait for a turn
        was too long; then nothing was done."""
        turn = _Turn[Wish, Answer](wish)
        with self._lock:
            if self._free:
                self._free -= 1
                turn.party = [turn]
            else:
                self._waiting.append(turn)
        if not turn.party:
            self._wait(turn)
        if turn.party:
            self._lead(turn.party)
        if turn.is_left_alone:
            [turn.outcome] = self._serve([wish])
        return turn.answer()

    def _wait(self, turn: _Turn[Wish, Answer]) -> None:
        """Until it was served, or is to serve."""
        if turn.bell.acquire(timeout=PATIENCE):
            return
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                raise StoreUnavailable
        turn.bell.acquire()  # it is being served just now

    def _lead(self, party: Sequence[_Turn[Wish, Answer]]) -> None:
        """Serve them all, and whoever waits longest is the next to do so."""
        try:
            wishes = [turn.wish for turn in party]
            for turn, outcome in zip(party, self._serve(wishes), strict=True):
                turn.outcome = outcome
        except BaseException as error:  # noqa: BLE001  # it is raised again, for each of them
            is_apart = len(party) > 1 and isinstance(error, _NOTHING_DONE)
            for turn in party:
                turn.outcome, turn.is_left_alone = error, is_apart
        self._pass_on()
        for turn in party:
            turn.bell.release()

    def _pass_on(self) -> None:
        with self._lock:
            party = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            if not party:
                self._free += 1
                return
        party[0].party = party
        party[0].bell.release()


class _Turn(Generic[Wish, Answer]):
    """One wish, and what comes of it."""

    __slots__ = ("bell", "is_left_alone", "outcome", "party", "wish")

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.party: Sequence[_Turn[Wish, Answer]] = ()
        """Whom to serve, if it is this one's turn to do so; itself among them."""
        self.outcome: Answer | BaseException | None = None
        self.is_left_alone = False
        self.bell = Lock()
        """Rings when the outcome is there, or the party."""
        self.bell.acquire()

    def answer(self) -> Answer:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return cast(Answer, self.outcome)
