"""Doing something with an order, and looking at it afterwards."""

from __future__ import annotations

from collections.abc import Callable

from eterno.application.ports.store import Store
from eterno.domain.orders import Order
from tests.builders import a_payment


def look(store: Store, order: Order) -> Order:
    with store.begin() as work:
        return work.orders.get(order.id)


def change(store: Store, order: Order, to: Callable[[Order], Order]) -> Order:
    """The order afterwards, as the store remembers it."""
    with store.begin() as work:
        changed = to(work.orders.hold(order.id))
        work.orders.save(changed)
    assert look(store, order) == changed
    return changed


def paid(number: int, name: str = "1") -> Callable[[Order], Order]:
    def pay(order: Order) -> Order:
        payment = a_payment(order, session_id=f"cs_{name}", intent_id=f"pi_{name}")
        return order.pay(payment, number=number)

    return pay
