"""Operations that stop at every point where the world may change under them, and can die there.

Each runs in a thread of its own, but only when it is told to go on, so that whoever directs them
decides what happens in between.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

PATIENCE = 30.0
"""Seconds after which operations that neither go on nor wait for a lock are stuck."""
GLANCE = 0.004
"""Seconds to wait for an operation before asking whether it waits for a lock."""


class Point(Enum):
    """Where an operation can be stopped."""

    START = auto()
    COMMIT = auto()
    """Everything of a work is done but its commit; its locks are held."""
    COMMITTED = auto()
    ASKED = auto()
    """The service outside has done what it was asked, and its answer is under way."""


class Fate(Enum):
    """What happens to an operation where it stands."""

    GO = auto()
    DIE = auto()
    """Its process is gone. Nothing of it runs any more."""
    FAIL = auto()
    """The commit collides; or it has happened, and its answer is lost."""


class Killed(BaseException):
    """The process is gone. No story may catch this."""


class Operation:
    """One story, on its way."""

    def __init__(self, name: str, deed: Callable[[], Any], crew: Crew) -> None:
        self.name = name
        self.at: Point = Point.START
        self.is_running = True
        self.has_ended = False
        self.result: Any = None
        self.error: BaseException | None = None
        self._deed = deed
        self._crew = crew
        self._fate = Fate.GO
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def was_killed(self) -> bool:
        return isinstance(self.error, Killed)

    def stop(self, point: Point) -> Fate:
        """In the operation's own thread: wait here until told to go on. Raises `Killed`."""
        with self._crew.changes:
            if self._fate is not Fate.DIE:
                self.at, self.is_running = point, False
                self._crew.changes.notify_all()
                self._crew.changes.wait_for(lambda: self.is_running)
            if self._fate is Fate.DIE:
                raise Killed
            return self._fate

    def resume(self, fate: Fate) -> None:
        """With the crew's lock: let it go on, if it stands still."""
        if self._fate is not Fate.DIE:
            self._fate = fate
        self.is_running = True
        self._crew.changes.notify_all()

    def join(self) -> None:
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        _here.operation = self
        try:
            self.stop(Point.START)
            self.result = self._deed()
        except BaseException as error:  # noqa: BLE001  # whoever directs looks at it
            self.error = error
        with self._crew.changes:
            self.is_running, self.has_ended = False, True
            self._crew.changes.notify_all()


_here = threading.local()


def stop_at(point: Point) -> Fate:
    """Stop here, if an operation does this; anybody else just goes on."""
    operation: Operation | None = getattr(_here, "operation", None)
    return operation.stop(point) if operation else Fate.GO


def operation_here() -> Operation | None:
    return getattr(_here, "operation", None)


class Crew:
    """The operations that are under way, and whoever directs them.

    `waiting` says how many sessions of the database wait for a lock: an operation that does so is
    left alone until another one gives the lock back.
    """

    def __init__(self, waiting: Callable[[], int] = lambda: 0) -> None:
        self.changes = threading.Condition()
        self.operations: list[Operation] = []
        self._waiting = waiting
        self.waits = 0
        """How often somebody was left waiting for a lock."""

    def start(self, name: str, deed: Callable[[], Any]) -> Operation:
        operation = Operation(name, deed, self)
        self.operations.append(operation)
        with self.changes:
            self.changes.wait_for(lambda: not operation.is_running)
        return operation

    def go(self, operation: Operation, fate: Fate = Fate.GO) -> None:
        """On to its next point."""
        with self.changes:
            operation.resume(fate)
        self.settle()

    def finish(self, operation: Operation, look: Callable[[], None] = lambda: None) -> None:
        """On to its end, and whoever holds what it waits for goes on too. `look` is what somebody
        does after each move."""
        deadline = time.monotonic() + PATIENCE
        while not operation.has_ended:
            was_waiting = operation.is_running
            self.go(operation)
            look()
            if was_waiting and operation.is_running:
                for other in self.operations:
                    if not other.is_running and not other.has_ended:
                        self.go(other)
                        look()
            assert time.monotonic() < deadline, f"{operation.name} does not end"

    def settle(self) -> None:
        """Wait until everybody stands still, has ended, or waits for a lock."""
        deadline = time.monotonic() + PATIENCE
        with self.changes:
            while running := [op for op in self.operations if self._runs(op)]:
                if self.changes.wait(GLANCE):
                    continue
                if self._waiting() >= len(running):
                    self.waits += 1
                    return
                assert time.monotonic() < deadline, f"stuck: {[op.name for op in running]}"

    def ended(self) -> list[Operation]:
        """Those that have ended since this was asked last."""
        ended = [operation for operation in self.operations if operation.has_ended]
        self.operations = [op for op in self.operations if op not in ended]
        return ended

    def dismiss(self) -> None:
        """All of them die."""
        with self.changes:
            for operation in self.operations:
                operation.resume(Fate.DIE)
        for operation in self.operations:
            operation.join()
        self.operations.clear()

    @staticmethod
    def _runs(operation: Operation) -> bool:
        return operation.is_running and not operation.has_ended
