"""A dead letter gets another chance."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from eterno.application.outbox.retry_task import RetryTask
from eterno.application.ports.queues import Task
from eterno.domain.errors import NotFound
from tests.application.shop import Shop
from tests.application.staff import rosa_in, trail

TASK = Task(id=UUID(int=7), reaction="wave", facts={})


def test_a_dead_task_is_due_again_and_it_is_known_who_said_so(shop: Shop) -> None:
    rosa = rosa_in(shop.store)
    with shop.store.begin() as work:
        work.outbox.add([TASK], work.now)
        (claimed,) = work.outbox.claim(work.now, lease=timedelta(minutes=1), most=1, attempts=5)
        work.outbox.bury(claimed, work.now, "no such mailbox")

    RetryTask(shop.store)(rosa, TASK.id)

    assert shop.store.tables.outbox[TASK.id].state(shop.clock.now()) == "due"
    assert trail(shop.store) == [("retry task", f"task {TASK.id}")]


def test_only_what_is_dead_is_retried_so_pressing_twice_is_once(shop: Shop) -> None:
    rosa = rosa_in(shop.store)
    with shop.store.begin() as work:
        work.outbox.add([TASK], work.now)

    for unknown in (TASK.id, UUID(int=8)):
        with pytest.raises(NotFound, match=f"Dead task {unknown} not found"):
            RetryTask(shop.store)(rosa, unknown)
    assert trail(shop.store) == []
