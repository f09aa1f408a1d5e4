from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.contact import Message
from eterno.domain.history import EventKind, OrderEvent
from eterno.domain.orders import Buyer, Order, OrderState
from eterno.domain.privacy import ERASED, nameless, stand_in
from eterno.domain.refunds import Refund
from tests.builders import ADA, a_payment, place, usd
from tests.contracts.conftest import Bench
from tests.contracts.race import rivals

DAY = timedelta(days=1)
GRACE = Buyer(email="grace@example.org", name="Grace Hopper")


def order_of(store: Store, soap: Variant, buyer: Buyer | None = ADA, **changes: Any) -> Order:
    """An order of this buyer, paid."""
    with store.begin() as work:
        number = work.orders.next_number()
        order = place(work, (soap, 1), **changes).know(buyer)
        payment = a_payment(order, session_id=f"cs_{number}", intent_id=f"pi_{number}")
        order = order.pay(payment, number=number)
        work.orders.save(order)
    return order


def attempt(store: Store, soap: Variant, state: OrderState, **changes: Any) -> Order:
    """An order that was never paid."""
    with store.begin() as work:
        order = place(work, (soap, 1), **changes).know(ADA)
        order = replace(order, state=state)
        work.orders.save(order)
    return order


def a_message(store: Store, email: str = "ada@example.org") -> Message:
    with store.begin() as work:
        message = Message(id=uuid4(), name="Ada", email=email, text="Hello", at=work.now)
        work.messages.add(message)
    return message


def look(store: Store, order: Order) -> Order:
    with store.begin() as work:
        return work.orders.get(order.id)


def orders_of(store: Store, email: str) -> list[UUID]:
    with store.begin() as work:
        return [order.id for order in work.traces.orders_of(email)]


# One buyer


def test_a_buyers_orders_are_found_by_her_address(
    bench: Bench, store: Store, soap: Variant
) -> None:
    first = order_of(store, soap)
    bench.advance(DAY)
    second = order_of(store, soap, replace(ADA, email="Ada@Example.org", name=None))
    order_of(store, soap, GRACE)
    order_of(store, soap, Buyer(email=None, name="ada@example.org"))
    order_of(store, soap, None)

    assert orders_of(store, " ADA@example.org ") == [first.id, second.id]
    assert orders_of(store, "nobody@example.org") == []
    assert orders_of(store, "a\0b\ud800") == []


def test_they_come_whole(store: Store, soap: Variant) -> None:
    order = order_of(store, soap)
    with store.begin() as work:
        assert list(work.traces.orders_of("ada@example.org")) == [order]


def test_nobody_else_holds_them_meanwhile(store: Store, soap: Variant) -> None:
    order = order_of(store, soap)

    def hold() -> Order:
        with store.begin() as work:
            return work.orders.hold(order.id)

    with rivals() as start:
        with store.begin() as work:
            work.traces.orders_of("ada@example.org")
            rival = start(hold)
            rival.must_wait()
        assert rival.result() == order


def test_what_she_wrote_is_found_by_her_address(bench: Bench, store: Store) -> None:
    first = a_message(store)
    bench.advance(DAY)
    second = a_message(store, "ADA@example.org")
    a_message(store, "grace@example.org")

    with store.begin() as work:
        assert list(work.traces.messages_from("ada@example.org")) == [first, second]
        assert list(work.traces.messages_from("a\0b")) == []
        work.traces.forget_messages([first.id, uuid4()])
        assert list(work.traces.messages_from("ada@example.org")) == [second]


def test_tasks_are_found_by_what_they_are_about(bench: Bench, store: Store, soap: Variant) -> None:
    order, other = order_of(store, soap), order_of(store, soap)
    for number, about in ((2, order), (1, order), (3, other)):
        with store.begin() as work:
            facts = {"order_id": str(about.id)}
            task = Task(id=UUID(int=number), reaction=f"wave {number}", facts=facts)
            work.outbox.add([task, Task(id=uuid4(), reaction="rest", facts={})], work.now)
        bench.advance(DAY)

    with store.begin() as work:
        found = work.traces.tasks_about([order.id])
        assert [(task.reaction, task.state) for task in found] == [
            ("wave 2", "due"),
            ("wave 1", "due"),
        ]
        assert list(work.traces.tasks_about([])) == []


def test_a_forgotten_buyer_is_nowhere_in_her_order(
    bench: Bench, store: Store, soap: Variant
) -> None:
    order, other = order_of(store, soap, key="key-1"), order_of(store, soap, GRACE)
    with store.begin() as work:
        for about in (order, other):
            at, facts = work.now, {"n": 1}
            for words in ("Ada called", ""):
                work.history.record(
                    OrderEvent(
                        order_id=about.id, at=at, kind=EventKind.NOTE, facts=facts, words=words
                    )
                )
            work.refunds.add(
                Refund(
                    id=uuid4(),
                    order_id=about.id,
                    amount=usd("1"),
                    shipping=usd("0"),
                    tax=usd("0"),
                    reason="Ada called",
                    requested_at=at,
                )
            )

    with store.begin() as work:
        work.traces.forget_buyer(nameless(order, "salt"))

    assert look(store, order) == nameless(order, "salt")
    assert orders_of(store, "ada@example.org") == []
    assert [(event.words, event.facts) for event in bench.orders.timeline(order.id)] == [
        ("", {"n": 1}),
        ("", {"n": 1}),
    ]
    assert [refund.reason for refund in bench.orders.refunds(order.id)] == [""]
    assert look(store, other) == other
    assert [event.words for event in bench.orders.timeline(other.id)] == ["Ada called", ""]
    assert [refund.reason for refund in bench.orders.refunds(other.id)] == ["Ada called"]


# What is old


def forget_attempts(store: Store, *, days: int = 7, most: int = 10) -> int:
    with store.begin() as work:
        return work.traces.forget_old_attempts(work.now - days * DAY, "salt", most=most)


@pytest.mark.parametrize("state", [OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED])
def test_who_began_to_buy_and_did_not_pay_is_forgotten(
    bench: Bench, store: Store, soap: Variant, state: OrderState
) -> None:
    old = attempt(store, soap, state, key="key-1", session_id="cs_1", session_url="https://pay")
    bench.advance(8 * DAY)
    new = attempt(store, soap, state)

    assert forget_attempts(store) == 1

    assert look(store, old) == nameless(old, "salt")
    assert look(store, new) == new
    assert orders_of(store, "ada@example.org") == [new.id]
    assert forget_attempts(store) == 0


@pytest.mark.parametrize("state", [OrderState.AWAITING, OrderState.PENDING])
def test_who_still_may_pay_is_not(
    bench: Bench, store: Store, soap: Variant, state: OrderState
) -> None:
    waiting = attempt(store, soap, state)
    bench.advance(8 * DAY)

    assert forget_attempts(store) == 0
    assert look(store, waiting) == waiting


def test_of_who_paid_only_the_network_address_is_forgotten(
    bench: Bench, store: Store, soap: Variant
) -> None:
    order = order_of(store, soap)
    bench.advance(8 * DAY)

    assert forget_attempts(store) == 1

    client = stand_in(order.client, "salt")
    assert client.startswith(ERASED)
    assert look(store, order) == replace(order, client=client)
    assert orders_of(store, "ada@example.org") == [order.id]


def test_the_oldest_attempts_go_first(bench: Bench, store: Store, soap: Variant) -> None:
    orders = []
    for _ in range(3):
        orders.append(attempt(store, soap, OrderState.EXPIRED))
        bench.advance(DAY)
    bench.advance(8 * DAY)

    assert forget_attempts(store, most=2) == 2
    assert [look(store, order).buyer for order in orders] == [None, None, ADA]


def test_old_messages_go_the_oldest_first(bench: Bench, store: Store) -> None:
    for _ in range(3):
        a_message(store)
        bench.advance(DAY)
    kept = a_message(store)

    def forget() -> int:
        with store.begin() as work:
            return work.traces.forget_old_messages(work.now - timedelta(hours=1), most=2)

    assert [forget(), forget(), forget()] == [2, 1, 0]
    with store.begin() as work:
        assert list(work.traces.messages_from("ada@example.org")) == [kept]


def test_old_notices_go_once_something_has_come_of_them(bench: Bench, store: Store) -> None:
    with store.begin() as work:
        for name in ("evt_1", "evt_2", "evt_open"):
            work.inbox.receive(name, "test", work.now)
        for name in ("evt_1", "evt_2"):
            work.inbox.close(name, "done", work.now, None)
    bench.advance(DAY)
    with store.begin() as work:
        work.inbox.receive("evt_new", "test", work.now)
        work.inbox.close("evt_new", "done", work.now, None)

    def forget() -> int:
        with store.begin() as work:
            return work.traces.forget_old_notices(work.now - timedelta(hours=1), most=1)

    assert [forget(), forget(), forget()] == [1, 1, 0]
    with store.begin() as work:
        kept = [work.inbox.receive(name, "test", work.now) for name in ("evt_open", "evt_new")]
        assert kept == [False, False]


def test_old_tries_go_and_new_ones_stay(bench: Bench, store: Store) -> None:
    def tries(subject: str) -> None:
        with store.begin() as work:
            work.throttle.take(subject, work.now, most=9, within=DAY)

    def forget(most: int) -> int:
        with store.begin() as work:
            return work.traces.forget_old_tries(work.now - timedelta(hours=1), most=most)

    tries("login of rosa")
    tries("login of rosa")
    tries("contact")
    bench.advance(timedelta(hours=2))
    tries("contact")

    assert [forget(2), forget(2), forget(2)] == [2, 1, 0]
    with store.begin() as work:
        assert not work.throttle.take("contact", work.now, most=1, within=DAY)
        assert work.throttle.take("login of rosa", work.now, most=1, within=DAY)
