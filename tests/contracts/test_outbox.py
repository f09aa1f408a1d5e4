from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.application.ports.views import ShownTask
from tests.contracts.conftest import Bench
from tests.contracts.race import at_once, rivals

LEASE = timedelta(seconds=60)
ATTEMPTS = 5
A_MINUTE = timedelta(minutes=1)


def task(number: int = 1) -> Task:
    return Task(
        id=UUID(int=number), reaction="wave", facts={"to": "Ada", "why": "\N{WAVING HAND SIGN}"}
    )


def add(store: Store, *tasks: Task) -> None:
    with store.begin() as work:
        work.outbox.add(tasks, work.now)


def claim(store: Store, *, most: int = 10) -> Sequence[Task]:
    with store.begin() as work:
        return work.outbox.claim(work.now, lease=LEASE, most=most, attempts=ATTEMPTS)


def claim_one(store: Store) -> Task:
    (claimed,) = claim(store)
    return claimed


def moment(store: Store) -> datetime:
    with store.begin() as work:
        return work.now


def shown(bench: Bench) -> ShownTask:
    (only,) = bench.outbox.tasks()
    return only


def bury(store: Store, error: str = "no such mailbox") -> Task:
    buried = claim_one(store)
    with store.begin() as work:
        assert work.outbox.bury(buried, work.now, error)
    return buried


# Claimed


def test_a_task_is_due_at_once_and_claimed_as_it_was_added(store: Store) -> None:
    add(store, task())

    claimed = claim_one(store)

    assert (claimed.id, claimed.reaction) == (task().id, "wave")
    assert dict(claimed.facts) == dict(task().facts)


def test_an_attempt_is_counted_when_the_task_is_claimed(bench: Bench) -> None:
    add(bench.store, task())

    assert claim_one(bench.store).attempts == 1
    assert shown(bench).attempts == 1


def test_nothing_to_add_is_no_trouble(store: Store) -> None:
    add(store)

    assert list(claim(store)) == []


def test_a_task_added_for_later_is_not_yet_due(bench: Bench) -> None:
    with bench.store.begin() as work:
        work.outbox.add([task()], work.now + A_MINUTE)
    assert list(claim(bench.store)) == []

    bench.advance(A_MINUTE)
    assert claim_one(bench.store).id == task().id


def test_so_many_are_claimed_and_no_more_those_due_longest_first(bench: Bench) -> None:
    for number in (3, 1, 2):
        add(bench.store, task(number))
        bench.advance(timedelta(seconds=1))

    assert {claimed.id.int for claimed in claim(bench.store, most=2)} == {3, 1}
    assert {claimed.id.int for claimed in claim(bench.store, most=2)} == {2}


def test_a_leased_task_is_nobody_elses_until_the_lease_is_over(bench: Bench) -> None:
    add(bench.store, task())
    claim_one(bench.store)

    bench.advance(LEASE - timedelta(seconds=5))
    assert list(claim(bench.store)) == []

    bench.advance(timedelta(seconds=5))
    assert claim_one(bench.store).attempts == 2


def test_a_task_is_never_handed_to_two(store: Store) -> None:
    add(store, *(task(number) for number in range(1, 41)))

    def claim_all() -> list[UUID]:
        mine: list[UUID] = []
        while claimed := claim(store, most=3):
            mine.extend(one.id for one in claimed)
        return mine

    handed_out = [id for mine in at_once(*[claim_all] * 4) for id in mine]

    assert sorted(handed_out) == [UUID(int=number) for number in range(1, 41)]


def test_who_claims_while_another_is_claiming_is_not_given_the_same(store: Store) -> None:
    add(store, task())

    with rivals() as start:
        with store.begin() as work:
            mine = work.outbox.claim(work.now, lease=LEASE, most=1, attempts=ATTEMPTS)
            rival = start(lambda: claim(store))

        assert [one.id for one in mine] == [task().id]
        assert list(rival.result()) == []


def test_a_claim_that_failed_has_not_counted(store: Store) -> None:
    add(store, task())

    def claim_and_fail() -> None:
        with store.begin() as work:
            work.outbox.claim(work.now, lease=LEASE, most=1, attempts=ATTEMPTS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        claim_and_fail()

    assert claim_one(store).attempts == 1


# Decided


def test_what_is_done_is_done(bench: Bench) -> None:
    add(bench.store, task())
    claimed = claim_one(bench.store)
    with bench.store.begin() as work:
        assert work.outbox.done(claimed, work.now)

    bench.advance(timedelta(days=1))
    assert list(claim(bench.store)) == []
    assert shown(bench).state == "done"


def test_what_is_postponed_is_due_again_at_its_time_and_keeps_its_attempts(bench: Bench) -> None:
    add(bench.store, task())
    claimed = claim_one(bench.store)
    with bench.store.begin() as work:
        assert work.outbox.postpone(claimed, work.now + 5 * A_MINUTE, "silence")
    assert (shown(bench).state, shown(bench).error) == ("due", "silence")

    bench.advance(4 * A_MINUTE)
    assert list(claim(bench.store)) == []
    bench.advance(A_MINUTE)
    assert claim_one(bench.store).attempts == 2


def test_what_is_buried_is_never_claimed_but_visible(bench: Bench) -> None:
    add(bench.store, task())
    bury(bench.store, "no such mailbox")

    bench.advance(timedelta(days=1))
    assert list(claim(bench.store)) == []
    assert (shown(bench).state, shown(bench).error) == ("dead", "no such mailbox")


def test_what_used_up_its_attempts_and_was_never_decided_is_dead(bench: Bench) -> None:
    add(bench.store, task())
    for attempt in range(1, ATTEMPTS + 1):
        assert claim_one(bench.store).attempts == attempt
        bench.advance(LEASE)

    assert list(claim(bench.store)) == []
    assert (shown(bench).state, shown(bench).attempts) == ("dead", ATTEMPTS)


def test_the_last_attempt_may_still_succeed(bench: Bench) -> None:
    add(bench.store, task())
    for _ in range(ATTEMPTS - 1):
        claim_one(bench.store)
        bench.advance(LEASE)
    last = claim_one(bench.store)
    bench.advance(LEASE)

    with bench.store.begin() as work:
        assert work.outbox.done(last, work.now)
    assert list(claim(bench.store)) == []
    assert shown(bench).state == "done"


def test_who_lost_the_lease_decides_nothing(bench: Bench) -> None:
    add(bench.store, task())
    slow = claim_one(bench.store)
    bench.advance(LEASE)
    quick = claim_one(bench.store)

    with bench.store.begin() as work:
        assert not work.outbox.done(slow, work.now)
        assert not work.outbox.postpone(slow, work.now, "too late")
        assert not work.outbox.bury(slow, work.now, "too late")
        assert work.outbox.done(quick, work.now)
    assert (shown(bench).state, shown(bench).error) == ("done", None)


def test_who_was_slow_but_not_overtaken_still_decides(bench: Bench) -> None:
    add(bench.store, task())
    slow = claim_one(bench.store)
    bench.advance(2 * LEASE)

    with bench.store.begin() as work:
        assert work.outbox.done(slow, work.now)


def test_a_decision_is_final(store: Store) -> None:
    add(store, task())
    claimed = claim_one(store)
    with store.begin() as work:
        assert work.outbox.done(claimed, work.now)

    with store.begin() as work:
        assert not work.outbox.done(claimed, work.now)
        assert not work.outbox.bury(claimed, work.now, "changed my mind")
        assert not work.outbox.postpone(claimed, work.now, "changed my mind")


# Revived


def test_a_dead_task_can_be_revived_with_its_attempts_forgotten(bench: Bench) -> None:
    add(bench.store, task())
    bury(bench.store)

    with bench.store.begin() as work:
        assert work.outbox.revive(task().id, work.now)

    assert shown(bench).state == "due"
    assert claim_one(bench.store).attempts == 1


def test_only_the_dead_are_revived(store: Store) -> None:
    add(store, task(1), task(2), task(3))
    claimed, finished, _ = sorted(claim(store), key=lambda task: task.id)
    with store.begin() as work:
        work.outbox.done(finished, work.now)

    with store.begin() as work:
        for id in (claimed.id, finished.id, uuid4()):
            assert not work.outbox.revive(id, work.now)


def test_the_dead_are_revived_once(store: Store) -> None:
    add(store, task())
    bury(store)

    with store.begin() as work:
        assert work.outbox.revive(task().id, work.now)
        assert not work.outbox.revive(task().id, work.now)


def test_no_two_tasks_share_an_id(bench: Bench) -> None:
    add(bench.store, task())

    with pytest.raises(bench.broken_rule):
        add(bench.store, task())


def add_once(store: Store, task: Task) -> bool:
    with store.begin() as work:
        return work.outbox.add_once(task, work.now)


def test_a_task_with_a_name_of_its_own_is_added_once(bench: Bench, store: Store) -> None:
    assert [add_once(store, task()), add_once(store, task())] == [True, False]
    claimed = claim_one(store)
    with store.begin() as work:
        work.outbox.done(claimed, work.now)

    assert not add_once(store, task())
    assert shown(bench).state == "done"
    assert add_once(store, task(2))


@pytest.mark.parametrize("rollbacks", [False, True])
def test_of_several_who_add_it_at_once_one_does(store: Store, rollbacks: bool) -> None:
    first = iter([True])

    def add() -> bool:
        with store.begin() as work:
            added = work.outbox.add_once(task(), work.now)
            if added and rollbacks and next(first, False):
                raise RuntimeError("on purpose")
            return added

    def careful() -> bool:
        try:
            return add()
        except RuntimeError:
            return False

    assert sorted(at_once(careful, careful, careful)) == [False, False, True]
    assert len(claim(store)) == 1
