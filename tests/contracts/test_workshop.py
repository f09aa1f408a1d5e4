from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.workshop import MemoryWorkshop
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.workshop import PostgresWorkshop
from eterno.application.ports.store import Store
from eterno.application.ports.workshop import Workshop
from eterno.domain.catalog import Variant
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund
from tests.builders import a_payment, place, put_on_sale, usd
from tests.support.clock import NOON

Sell = Callable[..., Order]


@pytest.fixture
def workshop(store: Store) -> Workshop:
    if isinstance(store, MemoryStore):
        return MemoryWorkshop(store)
    assert isinstance(store, PostgresStore)
    return PostgresWorkshop(store)


@pytest.fixture
def sell(store: Store, soap: Variant) -> Sell:
    """Somebody has paid for soaps that are promised for `days` from now."""

    def sell(days: int | None = 7, state: OrderState = OrderState.PAID) -> Order:
        with store.begin() as work:
            order = place(work, (soap, 1))
            number = work.orders.next_number()
            until = NOON + timedelta(days=days) if days else None
            payment = a_payment(order, session_id=f"cs_{number}", intent_id=f"pi_{number}")
            order = order.pay(payment, number=number, promised_by=until)
            work.orders.save(order)
            if state is not OrderState.PAID:
                order = order.become(state)
                work.orders.save(order)
        return order

    return sell


def test_nothing_is_open_in_a_new_shop(workshop: Workshop) -> None:
    assert workshop.open_orders(most=10) == []


def test_open_orders_come_by_promise_and_then_by_number(sell: Sell, workshop: Workshop) -> None:
    never = sell(None)
    later = sell(9)
    soon = sell(7, OrderState.IN_PRODUCTION)
    soon_too = sell(7)

    found = workshop.open_orders(most=10)

    assert [one.order for one in found] == [soon, soon_too, later, never]
    assert [one.order for one in workshop.open_orders(most=2)] == [soon, soon_too]


def test_only_what_is_sold_and_in_the_house_is_open(
    store: Store, sell: Sell, workshop: Workshop, soap: Variant
) -> None:
    for state in (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED):
        sell(7, state)
    with store.begin() as work:
        place(work, (soap, 1))

    assert workshop.open_orders(most=10) == []


def test_each_open_order_has_its_lines_and_its_refunds(
    store: Store, sell: Sell, workshop: Workshop
) -> None:
    put_on_sale(store)
    first, second = sell(), sell()
    refunds = [
        Refund(
            id=uuid4(),
            order_id=second.id,
            amount=usd("1"),
            shipping=usd("0"),
            tax=usd("0"),
            requested_at=NOON + timedelta(hours=hours),
        )
        for hours in (2, 1)
    ]
    with store.begin() as work:
        for refund in refunds:
            work.refunds.add(refund)

    found = workshop.open_orders(most=10)

    assert [one.order.lines for one in found] == [first.lines, second.lines]
    assert [list(one.refunds) for one in found] == [[], refunds[::-1]]
