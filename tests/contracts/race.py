"""Two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillAtIt
from contextlib import contextmanager
from threading import Barrier
from typing import Generic, TypeVar

import pytest

Result = TypeVar("Result")

A_MOMENT = 0.15
"""Seconds after which who is not ready is waiting for something."""
PATIENCE = 10
"""Seconds after which who is not ready is stuck."""


class Rival(Generic[Result]):
    """Somebody who does something at the same time."""

    def __init__(self, future: Future[Result]) -> None:
        self._future = future

    def must_wait(self) -> None:
        with pytest.raises(StillAtIt):
            self._future.result(A_MOMENT)

    def result(self) -> Result:
        """What came of it; raises what the rival met with."""
        return self._future.result(PATIENCE)


@contextmanager
def rivals() -> Iterator[Callable[[Callable[[], Result]], Rival[Result]]]:
    """`with rivals() as start: rival = start(step)`."""
    with ThreadPoolExecutor(8) as crowd:
        yield lambda step: Rival(crowd.submit(step))


def at_once(*steps: Callable[[], Result]) -> list[Result]:
    """The results of steps that begin at the same moment; raises what the first to fail raised."""
    start = Barrier(len(steps))

    def on_the_mark(step: Callable[[], Result]) -> Result:
        start.wait(PATIENCE)
        return step()

    with ThreadPoolExecutor(len(steps)) as crowd:
        futures = [crowd.submit(on_the_mark, step) for step in steps]
    return [future.result(PATIENCE) for future in futures]
