"""Doing what the outbox holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from eterno.application.again import again
from eterno.application.ports.mail import LetterRefused
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.errors import Unavailable

Reaction = Callable[[Task], None]

ATTEMPTS = 5
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=25), timedelta(minutes=120))
"""How long to wait after the first, second, … failure."""
LEASE = timedelta(seconds=60)
"""Longer than all the tasks claimed at once can take: `AT_ONCE` times an adapter's time-out."""
AT_ONCE = 4

log = logging.getLogger(__name__)


class DeliverOutbox:
    """Do the tasks that are due, each at least once and at most `ATTEMPTS` times.

    An attempt is counted before it is made, so one that kills the process counts too. What is
    refused for good, or has failed too often, becomes a dead letter: visible, and revivable.
    """

    def __init__(self, store: Store, reactions: Mapping[str, Reaction]) -> None:
        self._store = store
        self._reactions = reactions

    def __call__(self) -> int:
        """Do what is due, up to `AT_ONCE` tasks; how many there were."""
        tasks = again(self._claim)
        for task in tasks:
            again(self._outcome_of(task))
        return len(tasks)

    def _claim(self) -> Sequence[Task]:
        with self._store.begin() as work:
            return work.outbox.claim(work.now, lease=LEASE, most=AT_ONCE, attempts=ATTEMPTS)

    def _outcome_of(self, task: Task) -> Callable[[], None]:
        """Try it once; what to note about it, which may be done over."""
        try:
            self._reactions[task.reaction](task)
        except LetterRefused as refusal:
            return partial(self._bury, task, str(refusal))
        except Unavailable as silence:
            return partial(self._postpone, task, silence.detail)
        except Exception as bug:  # whatever it is, it must not take the others down
            log.exception("task %s (%s) failed", task.id, task.reaction)
            return partial(self._postpone, task, type(bug).__name__)
        return partial(self._tick_off, task)

    def _tick_off(self, task: Task) -> None:
        with self._store.begin() as work:
            work.outbox.done(task, work.now)

    def _postpone(self, task: Task, error: str) -> None:
        if task.attempts >= ATTEMPTS:
            self._bury(task, error)
            return
        with self._store.begin() as work:
            work.outbox.postpone(task, work.now + PAUSES[task.attempts - 1], error)

    def _bury(self, task: Task, error: str) -> None:
        with self._store.begin() as work:
            work.outbox.bury(task, work.now, error)
