"""What comes in and what goes out, within one work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from eterno.application.ports.payments import Sequel


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do because of one piece of news. Lives in the outbox until done or dead."""

    id: UUID
    reaction: str
    """What to do, by the name it has in `application.outbox.reactions`."""
    facts: Mapping[str, str]
    """The news, as plain text."""
    attempts: int = 0
    """Begun so far, counted before each attempt, so that a crash counts too."""


class Inbox(Protocol):
    """Messages from the payment service, each by its own id."""

    def receive(self, id: str, kind: str, at: datetime) -> bool:
        """Whether this message is news. Of several works that receive the same message at once, one
        goes on and the others wait for it: if it fails, the next one is told that it is news."""
        ...

    def close(self, id: str, outcome: str, at: datetime, order_id: UUID | None) -> None:
        """Note what came of it."""
        ...

    def keep(self, id: str, intent_id: str, sequel: Sequel) -> None:
        """Remember what a received message says of a payment that no order knows yet."""
        ...

    def kept(self, intent_id: str) -> Sequence[tuple[str, Sequel]]:
        """What was kept about this payment, each with its message's id, in the order in which it
        came."""
        ...


class Outbox(Protocol):
    """Things to do because of what happened: each at least once, at most `attempts` times."""

    def add(self, tasks: Iterable[Task], at: datetime) -> None: ...

    def add_once(self, task: Task, at: datetime) -> bool:
        """Add a task whose id says what it is for, unless it was added before, whatever became of
        it; whether it is new. Of several works that add it at once, one does."""
        ...

    def claim(self, now: datetime, *, lease: timedelta, most: int, attempts: int) -> Sequence[Task]:
        """Tasks that are due, now leased to the caller, each with this attempt counted.

        Nobody else gets them until the lease is over. Tasks that have used up their `attempts` and
        whose last lease ran out (the process died each time) become dead instead of being claimed.
        """
        ...

    def done(self, task: Task, at: datetime) -> bool:
        """Tick it off; False when the lease was lost to somebody else meanwhile."""
        ...

    def postpone(self, task: Task, until: datetime, error: str) -> bool:
        """Give it back, to be tried again; False when the lease was lost."""
        ...

    def bury(self, task: Task, at: datetime, error: str) -> bool:
        """Give it up: dead, but visible, and it can be revived; False when the lease was lost."""
        ...

    def revive(self, id: UUID, at: datetime) -> bool:
        """Make a dead task due again with its attempts forgotten; False when there is no such."""
        ...
