"""Letters about one order: to the buyer, and to the owner.

Each is a reaction to a task of the outbox. A letter's id is its task's, so one that was sent twice
(the process died between sending and ticking off) can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from eterno.application.ports.mail import Letter, Mailer, Stationery
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.orders import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFacts:
    """What every letter says about the shop."""

    name: str
    owner_email: str
    """Where the owner reads."""
    site: str
    """The shop's own address, where visitors buy."""


class Addressee(StrEnum):
    BUYER = "buyer"
    OWNER = "owner"


class OrderLetter:
    """A letter of one kind: about the task's order or, when the news names none, about the news.

    A buyer who left no address gets no letter.
    """

    def __init__(
        self,
        name: str,
        to: Addressee,
        *,
        store: Store,
        stationery: Stationery,
        mailer: Mailer,
        shop: ShopFacts,
    ) -> None:
        self._name = name
        self._to = to
        self._store = store
        self._stationery = stationery
        self._mailer = mailer
        self._shop = shop

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        order = self._order_of(task)
        address = self._address(order)
        if address is None:
            return
        written = self._stationery.write(
            self._name, {"order": order, "news": task.facts, "shop": self._shop}
        )
        self._mailer.send(
            Letter(
                id=str(task.id),
                to=address,
                subject=written.subject,
                text=written.text,
                html=written.html,
                reply_to=self._shop.owner_email if self._to is Addressee.BUYER else None,
            )
        )

    def _order_of(self, task: Task) -> Order | None:
        if "order_id" not in task.facts:
            return None
        with self._store.begin() as work:
            return work.orders.get(UUID(task.facts["order_id"]))

    def _address(self, order: Order | None) -> str | None:
        if self._to is Addressee.OWNER:
            return self._shop.owner_email
        return order.buyer.email if order and order.buyer else None
