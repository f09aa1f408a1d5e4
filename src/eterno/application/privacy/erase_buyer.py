"""Somebody wants to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.orders.tell import tell
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.application.privacy.export_buyer import SUBJECT
from eterno.domain.audit import Actor
from eterno.domain.history import EventKind
from eterno.domain.orders import Order
from eterno.domain.privacy import StillNeeded, nameless, unfinished


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was forgotten."""

    orders: int
    messages: int


class EraseBuyer:
    """Forget a buyer: her name, addresses and phone in every order, what was written about her
    orders by hand, and her messages. Goods, money, stock and dates stay, and so does every figure.

    Erasing her again finds nothing. The audit entry does not name her.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(self, actor: Actor, email: str) -> Erased:
        """Raises `StillNeeded` while one of her orders is open or a refund is on its way, and then
        nothing is forgotten."""
        return again(lambda: self._erase(actor, email))

    def _erase(self, actor: Actor, email: str) -> Erased:
        with self._store.begin() as work:
            orders = work.traces.orders_of(email)
            messages = work.traces.messages_from(email)
            open_orders = [
                why for order in orders if (why := unfinished(order, work.refunds.of(order.id)))
            ]
            if open_orders:
                raise StillNeeded(open_orders)
            salt = self._ids.token()  # and nobody keeps it
            for order in orders:
                work.traces.forget_buyer(nameless(order, salt))
                tell(work, order, EventKind.FORGOTTEN, actor=actor)
            work.traces.forget_messages([message.id for message in messages])
            if orders or messages:
                _note(work, actor, orders, messages=len(messages))
            return Erased(orders=len(orders), messages=len(messages))


def _note(work: Work, actor: Actor, orders: Sequence[Order], *, messages: int) -> None:
    names = [order.number or order.token for order in orders]
    after = {"orders": names, "messages": messages}
    audit.record(work, actor, "erase buyer", SUBJECT, after=after)
