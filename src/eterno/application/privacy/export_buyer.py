"""Somebody asks what the shop knows of her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderDesk, ShownTask
from eterno.domain.audit import Actor
from eterno.domain.contact import Message
from eterno.domain.history import OrderEvent
from eterno.domain.orders import Order
from eterno.domain.refunds import Refund

SUBJECT = "a buyer"
"""Of the audit entry, which outlives what is known of her and so does not name her."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """An order with everything that belongs to it."""

    order: Order
    refunds: Sequence[Refund]
    timeline: Sequence[OrderEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerFile:
    """All that is kept about the person with this address."""

    email: str
    at: datetime
    orders: Sequence[OrderFile]
    letters: Sequence[ShownTask]
    """What was, or will be, done and written about these orders. The letters themselves are not
    kept."""
    messages: Sequence[Message]


class ExportBuyer:
    """Everything that the shop keeps about one buyer, for her to read.

    That it was asked for stands in the audit trail, without her address.
    """

    def __init__(self, store: Store, desk: OrderDesk) -> None:
        self._store = store
        self._desk = desk

    def __call__(self, actor: Actor, email: str) -> BuyerFile:
        """An address that the shop does not know has an empty file."""
        known = again(lambda: self._look(actor, email))
        return BuyerFile(
            email=email.strip(),
            at=known.at,
            orders=[
                OrderFile(
                    order=order,
                    refunds=self._desk.refunds(order.id),
                    timeline=self._desk.timeline(order.id),
                )
                for order in known.orders
            ],
            letters=known.letters,
            messages=known.messages,
        )

    def _look(self, actor: Actor, email: str) -> _Known:
        with self._store.begin() as work:
            orders = work.traces.orders_of(email)
            messages = work.traces.messages_from(email)
            found = {"orders": [order.number or order.token for order in orders]}
            audit.record(
                work, actor, "export buyer", SUBJECT, after={**found, "messages": len(messages)}
            )
            return _Known(
                at=work.now,
                orders=orders,
                letters=work.traces.tasks_about([order.id for order in orders]),
                messages=messages,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    at: datetime
    orders: Sequence[Order]
    letters: Sequence[ShownTask]
    messages: Sequence[Message]
