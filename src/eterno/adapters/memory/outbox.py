"""What there is to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from eterno.adapters.memory.tables import Filed, Tables, rule
from eterno.application.ports.queues import Task
from eterno.application.ports.views import ShownTask


class MemoryOutbox:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def add(self, tasks: Iterable[Task], at: datetime) -> None:
        for task in tasks:
            rule("a task's id is its own", task.id not in self._draft.outbox)
            self._file(Filed(task=task, created_at=at, due_at=at))

    def add_once(self, task: Task, at: datetime) -> bool:
        if task.id in self._draft.outbox:
            return False
        self.add([task], at)
        return True

    def claim(self, now: datetime, *, lease: timedelta, most: int, attempts: int) -> Sequence[Task]:
        due = [filed for filed in self._draft.outbox.values() if filed.is_due(now)]
        for filed in due:
            if filed.task.attempts >= attempts:
                self._file(replace(filed, dead_at=now, leased_until=None))
        left = [filed for filed in due if filed.task.attempts < attempts]
        longest_due_first = sorted(left, key=lambda filed: (filed.due_at, filed.task.id))
        return [self._lease(filed, now + lease) for filed in longest_due_first[:most]]

    def done(self, task: Task, at: datetime) -> bool:
        filed = self._mine(task)
        return filed is not None and self._file(replace(filed, done_at=at, error=None))

    def postpone(self, task: Task, until: datetime, error: str) -> bool:
        filed = self._mine(task)
        return filed is not None and self._file(replace(filed, due_at=until, error=error))

    def bury(self, task: Task, at: datetime, error: str) -> bool:
        filed = self._mine(task)
        return filed is not None and self._file(replace(filed, dead_at=at, error=error))

    def revive(self, id: UUID, at: datetime) -> bool:
        filed = self._draft.outbox.get(id)
        if filed is None or filed.dead_at is None:
            return False
        task = replace(filed.task, attempts=0)
        return self._file(replace(filed, task=task, dead_at=None, due_at=at))

    def _lease(self, filed: Filed, until: datetime) -> Task:
        task = replace(filed.task, attempts=filed.task.attempts + 1)
        self._file(replace(filed, task=task, leased_until=until))
        return task

    def _mine(self, task: Task) -> Filed | None:
        """The task without its lease, if the lease is not lost. A lease is known by its attempt:
        whoever claims the task next makes another one."""
        filed = self._draft.outbox[task.id]
        is_decided = filed.done_at is not None or filed.dead_at is not None
        if is_decided or filed.task.attempts != task.attempts:
            return None
        return replace(filed, leased_until=None)

    def _file(self, filed: Filed) -> bool:
        self._draft.outbox[filed.task.id] = filed
        return True


def shown_task(filed: Filed, now: datetime) -> ShownTask:
    return ShownTask(
        id=filed.task.id,
        reaction=filed.task.reaction,
        state=filed.state(now),
        attempts=filed.task.attempts,
        created_at=filed.created_at,
        due_at=filed.due_at,
        error=filed.error,
    )
