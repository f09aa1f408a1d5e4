from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from eterno.adapters.memory.tables import Filed
from eterno.application.outbox.announce import REACTIONS, announce
from eterno.application.outbox.deliver import ATTEMPTS, LEASE, DeliverOutbox
from eterno.application.ports.mail import LetterRefused, MailUnavailable
from eterno.application.ports.queues import Task
from eterno.application.ports.store import CollidedWork
from eterno.domain.events import Event, OrderPaid, StrayPayment
from tests.application.shop import Shop
from tests.support.clock import NOON
from tests.support.ids import CountingIds

ids = CountingIds()


class Hand:
    """Does what it is told to, and can be told to fail."""

    def __init__(self) -> None:
        self.done: list[Task] = []
        self.fails: Callable[[], None] = lambda: None

    def __call__(self, task: Task) -> None:
        self.fails()
        self.done.append(task)


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def deliver(shop: Shop, hand: Hand) -> DeliverOutbox:
    return DeliverOutbox(shop.store, {"wave": hand, "nod": hand})


def add(shop: Shop, reaction: str = "wave", *, times: int = 1) -> Task:
    task = Task(id=ids.new(), reaction=reaction, facts={"to": "Ada"})
    tasks = [task, *(Task(id=ids.new(), reaction=reaction, facts={}) for _ in range(times - 1))]
    with shop.store.begin() as work:
        work.outbox.add(tasks, work.now)
    return task


def state(shop: Shop) -> str:
    return filed(shop).state(shop.clock.now())


def filed(shop: Shop) -> Filed:
    (only,) = shop.store.tables.outbox.values()
    return only


def raising(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


SILENCE = raising(MailUnavailable("the mail service does not answer"))


# From news to tasks


def announced(shop: Shop, event: Event) -> list[Task]:
    with shop.store.begin() as work:
        announce(work, ids, event)
    return [kept.task for kept in shop.store.tables.outbox.values()]


def test_every_reaction_to_news_is_a_task_of_its_own(shop: Shop) -> None:
    order_id = ids.new()

    tasks = announced(shop, OrderPaid(order_id=order_id))

    assert [task.reaction for task in tasks] == ["confirm_order", "report_sale"]
    assert all(task.facts == {"order_id": str(order_id)} for task in tasks)
    assert all(task.attempts == 0 for task in tasks)


def test_what_the_news_does_not_know_is_left_out(shop: Shop) -> None:
    stray = StrayPayment(notice_id="evt_1", session_id="cs_1", amount="8.99 USD", order_id=None)

    (task,) = announced(shop, stray)

    assert task.facts == {"notice_id": "evt_1", "session_id": "cs_1", "amount": "8.99 USD"}


def test_all_news_leads_to_something() -> None:
    assert set(REACTIONS) == set(Event.__args__)
    assert all(REACTIONS.values())


def test_news_of_a_work_that_failed_is_no_news(shop: Shop) -> None:
    shop.store.collisions = 1

    with pytest.raises(CollidedWork):
        announced(shop, OrderPaid(order_id=ids.new()))

    assert not shop.news


# Doing them


def test_a_task_is_done_once(shop: Shop, deliver: DeliverOutbox, hand: Hand) -> None:
    task = add(shop)

    assert [deliver(), deliver()] == [1, 0]
    assert [(done.id, done.facts) for done in hand.done] == [(task.id, {"to": "Ada"})]
    assert state(shop) == "done"


def test_so_many_at_once_and_the_rest_the_next_time(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop, times=6)

    assert [deliver() for _ in range(3)] == [4, 2, 0]
    assert len({done.id for done in hand.done}) == 6


def test_an_attempt_is_counted_before_it_is_made(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    seen: list[int] = []
    hand.fails = lambda: seen.append(filed(shop).task.attempts)

    deliver()

    assert seen == [1]
    assert hand.done[0].attempts == 1


def test_failures_are_followed_by_longer_and_longer_pauses_and_then_by_death(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    hand.fails = SILENCE
    pauses = []
    for _ in range(ATTEMPTS - 1):
        began = shop.clock.now()
        deliver()
        assert state(shop) == "due"
        pauses.append(filed(shop).due_at - began)
        shop.clock.advance(pauses[-1] - timedelta(seconds=1))
        assert deliver() == 0
        shop.wait(seconds=1)
    assert pauses == [timedelta(minutes=minutes) for minutes in (1, 5, 25, 120)]

    deliver()

    assert (state(shop), filed(shop).task.attempts) == ("dead", 5)
    assert filed(shop).error == "the mail service does not answer"
    shop.wait(days=365)
    assert deliver() == 0


def test_what_failed_at_first_may_succeed_later(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    hand.fails = SILENCE
    deliver()
    hand.fails = lambda: None
    shop.wait(minutes=1)

    deliver()

    assert (state(shop), filed(shop).task.attempts) == ("done", 2)


def test_what_is_refused_for_good_is_dead_at_once(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    hand.fails = raising(LetterRefused("no such mailbox"))

    deliver()

    assert (state(shop), filed(shop).error) == ("dead", "no such mailbox")
    assert filed(shop).task.attempts == 1


def test_a_bug_is_logged_and_tried_again(
    shop: Shop, deliver: DeliverOutbox, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    add(shop)
    hand.fails = raising(ZeroDivisionError("ada@example.org / 0"))

    with caplog.at_level(logging.ERROR):
        deliver()

    assert (state(shop), filed(shop).error) == ("due", "ZeroDivisionError")
    assert "failed" in caplog.text


def test_a_task_nobody_can_do_dies_like_any_other(shop: Shop, deliver: DeliverOutbox) -> None:
    add(shop, "a reaction of tomorrow's version")
    for _ in range(ATTEMPTS):
        deliver()
        shop.wait(minutes=120)

    assert state(shop) == "dead"


def test_one_task_that_fails_does_not_hold_up_the_others(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop, times=2)
    hand.fails = raising(LetterRefused("not this one"))
    first_time = iter([hand.fails])
    hand.fails = lambda: next(first_time, lambda: None)()

    deliver()

    assert [kept.error for kept in shop.store.tables.outbox.values()] == ["not this one", None]


# Crashes


class Killed(BaseException):
    pass


def test_a_process_killed_while_doing_a_task_leaves_it_to_the_next_one(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    hand.fails = raising(Killed())
    with pytest.raises(Killed):
        deliver()
    hand.fails = lambda: None

    assert deliver() == 0  # it may still be at it
    shop.clock.advance(LEASE)
    assert deliver() == 1
    assert (state(shop), filed(shop).task.attempts) == ("done", 2)


def test_a_task_that_kills_every_process_dies_after_as_many_attempts_as_any_other(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    add(shop)
    hand.fails = raising(Killed())
    for _ in range(ATTEMPTS):
        with pytest.raises(Killed):
            deliver()
        shop.clock.advance(LEASE)

    assert deliver() == 0
    assert (state(shop), filed(shop).task.attempts) == ("dead", 5)


def test_who_was_too_slow_does_not_decide_for_who_took_over(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    def dawdle() -> None:
        hand.fails = lambda: None
        shop.clock.advance(LEASE)
        assert deliver() == 1
        raise LetterRefused("too late to say so")

    add(shop)
    hand.fails = dawdle

    deliver()

    assert (state(shop), filed(shop).error) == ("done", None)


# The dead


def test_a_dead_task_can_be_revived_and_has_all_its_attempts_again(
    shop: Shop, deliver: DeliverOutbox, hand: Hand
) -> None:
    task = add(shop)
    hand.fails = raising(LetterRefused("mailbox full"))
    deliver()
    hand.fails = lambda: None

    with shop.store.begin() as work:
        assert work.outbox.revive(task.id, work.now)
    deliver()

    assert (state(shop), filed(shop).task.attempts) == ("done", 1)


def test_tasks_are_due_from_the_moment_of_the_news(shop: Shop) -> None:
    add(shop)

    due: datetime = filed(shop).due_at
    assert due == filed(shop).created_at == NOON
