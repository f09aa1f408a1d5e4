"""Letters about one order: to the buyer, and to the owner.

Each is a reaction to a task of the outbox. A letter's id is its task's, so one that was sent twice
(the process died between sending and ticking off) can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from eterno.application.ports.mail import Letter, Mailer, Stationery
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.orders import Order, OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopFacts:
    """What every letter says about the shop."""

    name: str
    owner_email: str
    """Where the owner reads."""
    site: str
    """The shop's own address, where visitors buy."""
    order_page: str = ""
    """Where buyers see how far their order is; `{token}` in it becomes the order's token."""
    policy: FulfilmentPolicy = field(default_factory=FulfilmentPolicy)

    def page_of(self, order: Order) -> str:
        """The address of an order's page."""
        return self.order_page.replace("{token}", order.token)


class Addressee(StrEnum):
    BUYER = "buyer"
    OWNER = "owner"


class OrderLetter:
    """A letter of one kind: about the task's order or, when the news names none, about the news.

    A buyer who left no address gets no letter, and one that would be out of date (the order is no
    longer in the state `only_while`) is not sent.
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
        only_while: OrderState | None = None,
    ) -> None:
        self._name = name
        self._to = to
        self._store = store
        self._stationery = stationery
        self._mailer = mailer
        self._shop = shop
        self._only_while = only_while

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        order = self._order_of(task)
        address = self._address(order)
        if address is None or not self._still_holds(order):
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

    def _still_holds(self, order: Order | None) -> bool:
        return self._only_while is None or (order is not None and order.state is self._only_while)

    def _address(self, order: Order | None) -> str | None:
        if self._to is Addressee.OWNER:
            return self._shop.owner_email
        return order.buyer.email if order and order.buyer else None
