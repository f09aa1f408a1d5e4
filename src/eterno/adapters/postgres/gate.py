"""First come, first served."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from eterno.application.ports.store import StoreUnavailable


class Gate:
    """Lets so many in at once; the others wait in line, each up to `patience` seconds.

    A pool of connections lets whoever comes just then overtake those who wait: of 64 buyers at once
    some waited for more than a second while others were served many times. Here nobody overtakes.
    """

    def __init__(self, places: int, *, patience: float) -> None:
        self._free = places
        self._patience = patience
        self._line: deque[Lock] = deque()
        self._lock = Lock()

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Raises `StoreUnavailable` when the wait was too long."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free:
                self._free -= 1
                return
            turn = Lock()
            turn.acquire()
            self._line.append(turn)
        if turn.acquire(timeout=self._patience):
            return
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
                raise StoreUnavailable
        # In the last moment somebody left, and it is our turn after all.

    def _leave(self) -> None:
        """The place goes straight to whoever has waited longest."""
        with self._lock:
            if self._line:
                self._line.popleft().release()
            else:
                self._free += 1
