"""The outbox desk: tasks with their fate."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from eterno.application.ports.queues import Task
from tests.contracts.conftest import Bench


def test_tasks_are_shown_with_their_fate_the_newest_first(bench: Bench) -> None:
    first, second = (Task(id=UUID(int=n), reaction="wave", facts={}) for n in (1, 2))
    with bench.store.begin() as work:
        work.outbox.add([first], work.now)
    bench.advance(timedelta(seconds=1))
    with bench.store.begin() as work:
        added_at = work.now
        work.outbox.add([second], added_at)

    newest, oldest = bench.outbox.tasks()

    assert (newest.id, oldest.id) == (second.id, first.id)
    assert (newest.reaction, newest.state, newest.attempts) == ("wave", "due", 0)
    assert newest.created_at == newest.due_at == added_at
    assert newest.error is None
    assert [task.id for task in bench.outbox.tasks(most=1)] == [second.id]


def test_tasks_can_be_looked_at_by_their_state(bench: Bench) -> None:
    with bench.store.begin() as work:
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 5)]
        work.outbox.add(tasks[:3], work.now)
    with bench.store.begin() as work:
        claimed = work.outbox.claim(work.now, lease=timedelta(hours=1), most=10, attempts=5)
        finished, buried, leased = sorted(claimed, key=lambda task: task.id)
        work.outbox.done(finished, work.now)
        work.outbox.bury(buried, work.now, "no such mailbox")
        work.outbox.add(tasks[3:], work.now)

    shown = {
        state: [task.id for task in bench.outbox.tasks(state=state)]
        for state in ("due", "leased", "done", "dead")
    }

    assert shown == {
        "due": [tasks[3].id],
        "leased": [leased.id],
        "done": [finished.id],
        "dead": [buried.id],
    }
    assert len(bench.outbox.tasks()) == 4


def test_tasks_are_read_page_by_page(bench: Bench) -> None:
    with bench.store.begin() as work:
        tasks = [Task(id=UUID(int=n), reaction="wave", facts={}) for n in range(1, 6)]
        work.outbox.add(tasks, work.now)

    def page(after: int | None = None, **terms: Any) -> list[int]:
        last = None if after is None else UUID(int=after)
        return [task.id.int for task in bench.outbox.tasks(after=last, **terms)]

    assert page(most=2) == [5, 4]
    assert page(4, most=2) == [3, 2]
    assert page(2, state="due") == [1]
    assert page(1) == page(4, state="dead") == []
