"""The owner writes something down about an order."""

from __future__ import annotations

from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.orders.tell import name_of, tell
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.history import EventKind
from eterno.domain.orders import Order
from eterno.domain.text import clean

LONGEST_NOTE = 2_000


class AddNote:
    """A note in the order's timeline, for the shop only. It changes nothing else.

    Its words stand there and nowhere else, so that they can be taken out if they name a person.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, order_id: UUID, text: str) -> Order:
        """The order it is about. Raises `NotFound` or `Invalid`."""
        words = clean(text, "text", most=LONGEST_NOTE, lines=True)
        return again(lambda: self._add(actor, order_id, words))

    def _add(self, actor: Actor, order_id: UUID, words: str) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            tell(work, order, EventKind.NOTE, actor=actor, words=words)
            audit.record(work, actor, "add note", name_of(order), after={"characters": len(words)})
            return order
