"""When the audit names a refund that waits: not while the worker is still about to make it, and
soon after the worker ever would have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from eterno.adapters.memory.books import MemoryBooks
from eterno.adapters.memory.payments import MemoryPayments, Trouble
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.postgres.books import PostgresBooks
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.checkout.hold_orders import CheckoutPolicy
from eterno.application.checkout.place_order import PlaceOrder
from eterno.application.checkout.reconcile import Reconcile
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.orders.pay_back import PayBack
from eterno.application.orders.refund_order import RefundOrder
from eterno.application.outbox.announce import REACTIONS
from eterno.application.outbox.deliver import ATTEMPTS, PAUSES, DeliverOutbox
from eterno.application.ports.books import Books
from eterno.application.ports.store import Store
from eterno.application.ports.system import Clock
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.refunds import RefundWish
from tests.builders import a_basket_of, add_admin, put_on_sale, usd
from tests.contracts.conftest import Shift
from tests.contracts.test_books import DatabaseClock
from tests.support.audit import broken
from tests.support.clock import FixedClock
from tests.support.ids import CountingIds

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Asked:
    """A shop in which one refund was asked for, while the payment service is silent."""

    store: Store
    books: Books
    clock: Clock
    advance: Callable[[timedelta], None]

    def __post_init__(self) -> None:
        ids, self.payments = CountingIds(), MemoryPayments(self.clock)
        self.reconcile = Reconcile(self.store, self.payments, ids, FulfilmentPolicy())
        pay_back = PayBack(self.store, self.payments, ids)
        letters = {name: lambda _: None for names in REACTIONS.values() for name in names}
        self._deliver = DeliverOutbox(self.store, {**letters, "pay_back": pay_back})

        place = PlaceOrder(self.store, self.payments, ids, CheckoutPolicy())
        url = place(a_basket_of((put_on_sale(self.store), 1)), client="203.0.113.7")
        session = self.payments.session_at(url)
        settle = SettlePayment(self.store, self.payments, ids, FulfilmentPolicy())
        settle(*self.payments.sealed(self.payments.pay(session)))
        with self.store.begin() as work:
            token = self.payments.look_at(session).order_token
            order = work.orders.hold_by_token(token or "")
        assert order
        wish = RefundWish(amount=usd("1.00"))
        self.asked = RefundOrder(self.store, ids)(add_admin(self.store), order.id, wish)
        self.refund = str(self.asked.id)
        self.payments.trouble = Trouble.SILENT_BEFORE

    @property
    def late(self) -> tuple[str, ...]:
        """What is named by the audit, which has nothing else to say."""
        found = broken(self.books)
        assert found.keys() <= {"Q18"}
        return found.get("Q18", ())

    def work(self) -> None:
        while self._deliver():
            pass

    def try_for_the_last_time(self) -> None:
        for attempt in range(ATTEMPTS):
            self.work()
            if attempt < len(PAUSES):
                self.advance(PAUSES[attempt])


@pytest.fixture(params=["memory", "postgres"])
def asked(request: pytest.FixtureRequest) -> Iterator[Asked]:
    if request.param == "memory":
        clock = FixedClock()
        forgetful = MemoryStore(clock)
        yield Asked(forgetful, MemoryBooks(forgetful), clock, clock.advance)
        return
    shift = Shift()
    store = PostgresStore(request.getfixturevalue("database_uri"), ahead=shift)
    yield Asked(store, PostgresBooks(store), DatabaseClock(store), shift.advance)
    store.close()


def test_a_refund_that_is_tried_again_and_again_is_not_late(asked: Asked) -> None:
    for pause in PAUSES:
        asked.work()
        assert asked.late == ()
        asked.advance(pause - A_MINUTE)
        assert asked.late == ()
        asked.advance(A_MINUTE)


def test_a_refund_whose_next_try_is_overdue_is_late_by_its_task(asked: Asked) -> None:
    asked.work()
    asked.advance(PAUSES[0] + 16 * A_MINUTE)

    (task,) = asked.late
    assert task != asked.refund


def test_a_refund_whose_task_is_dead_is_not_late_before_it_was_asked_after(asked: Asked) -> None:
    asked.try_for_the_last_time()
    asked.advance(AN_HOUR + 14 * A_MINUTE)
    asked.work()

    assert asked.late == ()


def test_a_refund_whose_task_is_dead_is_late_after_that(asked: Asked) -> None:
    asked.try_for_the_last_time()
    asked.advance(AN_HOUR + 16 * A_MINUTE)
    asked.work()

    assert asked.late == (asked.refund,)


def test_a_refund_that_was_made_in_the_end_is_not_late(asked: Asked) -> None:
    asked.try_for_the_last_time()
    asked.payments.trouble = None
    asked.advance(AN_HOUR)
    asked.reconcile(2 * AN_HOUR)
    asked.advance(AN_HOUR)
    asked.work()

    assert asked.late == ()


def test_a_refund_that_nobody_will_ask_for_is_late_at_once(asked: Asked) -> None:
    forgotten = replace(asked.asked, id=uuid4())
    with asked.store.begin() as work:
        work.orders.hold(forgotten.order_id)
        work.refunds.add(forgotten)

    assert asked.late == (str(forgotten.id),)
