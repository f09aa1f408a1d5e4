"""Letters that come by the calendar: each morning, and after each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID, uuid5

from eterno.application.again import again
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store

LOW_STOCK, WEEK = "report_low_stock", "report_week"
"""The reactions that write them."""
_NAMES = UUID("6f0d9c0e-6f39-4d25-9c0b-9d5d8f0e2a51")
"""Of all names, those of these letters' tasks."""
_LOW_76_BITS = (1 << 76) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPolicy:
    """Which of them are wanted, and when: at this hour and in this zone."""

    zone: tzinfo
    hour: int = 7
    low_stock: bool = True
    week: bool = True


class SendDigests:
    """See to it that the owner gets today's letter, and the one about the week that is over.

    A letter is a task of the outbox whose only fact is when it was due, and whose id is made of
    that. So it is written once, however many workers there are and however often they are started;
    and after a time in which there was none, only what is due today is written, and nothing of what
    was missed.
    """

    def __init__(self, store: Store, policy: DigestPolicy) -> None:
        self._store = store
        self._policy = policy

    def __call__(self) -> int:
        """How many letters were due just now: none, until the next morning."""
        return again(self._add)

    def _add(self) -> int:
        with self._store.begin() as work:
            return sum(work.outbox.add_once(task, work.now) for task in self._due(work.now))

    def _due(self, now: datetime) -> list[Task]:
        policy = self._policy
        today = (now.astimezone(policy.zone) - timedelta(hours=policy.hour)).date()
        monday = today - timedelta(days=today.weekday())
        return [
            *([self._task(LOW_STOCK, today)] if policy.low_stock else []),
            *([self._task(WEEK, monday)] if policy.week else []),
        ]

    def _task(self, reaction: str, day: date) -> Task:
        due = datetime.combine(day, time(self._policy.hour), self._policy.zone)
        return Task(id=_id(reaction, due), reaction=reaction, facts={"due": due.isoformat()})


def _id(reaction: str, due: datetime) -> UUID:
    """The same for the same letter; sorted among other ids by when the letter was due, as a UUID of
    version 7 (RFC 9562)."""
    milliseconds = int(due.timestamp() * 1000)
    name = uuid5(_NAMES, f"{reaction} {milliseconds}").int
    return UUID(int=milliseconds << 80 | 7 << 76 | name & _LOW_76_BITS)
