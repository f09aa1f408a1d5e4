"""What the shop keeps about people, in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from eterno.adapters.memory.outbox import shown_task
from eterno.adapters.memory.tables import Tables
from eterno.application.ports.views import ShownTask
from eterno.domain.contact import Message
from eterno.domain.orders import HOLDING, Order, OrderState
from eterno.domain.privacy import ERASED, folded, nameless

_GIVEN_UP = frozenset({OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED})
Key = TypeVar("Key")


class MemoryTraces:
    def __init__(self, draft: Tables, now: datetime) -> None:
        self._draft = draft
        self._now = now

    def orders_of(self, email: str) -> Sequence[Order]:
        mine = (
            order
            for order in self._draft.orders.values()
            if order.buyer and order.buyer.email and folded(order.buyer.email) == folded(email)
        )
        return sorted(mine, key=lambda order: (order.created_at, order.id))

    def messages_from(self, email: str) -> Sequence[Message]:
        mine = (m for m in self._draft.messages.values() if folded(m.email) == folded(email))
        return sorted(mine, key=lambda message: (message.at, message.id))

    def tasks_about(self, orders: Collection[UUID]) -> Sequence[ShownTask]:
        names = {str(id) for id in orders}
        about = (f for f in self._draft.outbox.values() if f.task.facts.get("order_id") in names)
        oldest_first = sorted(about, key=lambda filed: (filed.created_at, filed.task.id))
        return [shown_task(filed, self._now) for filed in oldest_first]

    def forget_buyer(self, order: Order) -> None:
        self._write(order)
        self._draft.history = [
            replace(event, words="") if event.order_id == order.id else event
            for event in self._draft.history
        ]
        for refund in list(self._draft.refunds.values()):
            if refund.order_id == order.id:
                self._draft.refunds[refund.id] = replace(refund, reason="")

    def forget_messages(self, ids: Collection[UUID]) -> None:
        for id in ids:
            self._draft.messages.pop(id, None)

    def forget_old_attempts(self, before: datetime, salt: str, *, most: int) -> int:
        old = _oldest(
            self._draft.orders,
            lambda order: order.created_at,
            before,
            most,
            lambda order: order.state not in HOLDING and not order.client.startswith(ERASED),
        )
        for id in old:
            order = self._draft.orders[id]
            forgotten = nameless(order, salt)
            never_paid = order.state in _GIVEN_UP and not order.captured.minor
            self._write(forgotten if never_paid else replace(order, client=forgotten.client))
        return len(old)

    def forget_old_messages(self, before: datetime, *, most: int) -> int:
        old = _oldest(self._draft.messages, lambda message: message.at, before, most)
        self.forget_messages(old)
        return len(old)

    def forget_old_notices(self, before: datetime, *, most: int) -> int:
        old = _oldest(
            self._draft.inbox,
            lambda heard: heard.received_at,
            before,
            most,
            lambda heard: heard.closed_at is not None,
        )
        for id in old:
            del self._draft.inbox[id]
        return len(old)

    def forget_old_tries(self, before: datetime, *, most: int) -> int:
        tries = sorted(
            (at, subject) for subject, moments in self._draft.attempts.items() for at in moments
        )
        old = [one for one in tries if one[0] < before][:most]
        for at, subject in old:
            moments = list(self._draft.attempts[subject])
            moments.remove(at)
            self._draft.attempts[subject] = tuple(moments)
        return len(old)

    def _write(self, order: Order) -> None:
        """With the last order that names her, a customer is one whom nobody knows."""
        self._draft.orders[order.id] = order
        customers = self._draft.customers
        hers = [id for id, name in customers.items() if name == customers.get(order.id)]
        if not any(_has_address(self._draft.orders[id]) for id in hers):
            customers.update(dict.fromkeys(hers, f"{ERASED}{order.id}"))


def _has_address(order: Order) -> bool:
    return order.buyer is not None and order.buyer.email is not None


def _oldest(
    table: dict[Key, Any],
    at: Callable[[Any], datetime],
    before: datetime,
    most: int,
    fits: Callable[[Any], bool] = lambda _: True,
) -> list[Key]:
    """The keys of the rows that fit and are older than that, the oldest first."""
    old = [key for key, row in table.items() if at(row) < before and fits(row)]
    return sorted(old, key=lambda key: at(table[key]))[:most]
