"""An order is in the buyer's hands."""

from __future__ import annotations

from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.orders.tell import name_of, tell
from eterno.application.ports.store import Store
from eterno.domain import fulfilment
from eterno.domain.audit import Actor
from eterno.domain.history import EventKind
from eterno.domain.orders import Order


class DeliverOrder:
    """Note that an order has arrived, or that the buyer came for it. Saying so twice changes
    nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, order_id: UUID) -> Order:
        """The order afterwards. Raises `NotFound` or `NotPossibleNow`."""
        return again(lambda: self._deliver(actor, order_id))

    def _deliver(self, actor: Actor, order_id: UUID) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            delivered = fulfilment.deliver(order)
            if delivered != order:
                work.orders.save(delivered)
                tell(work, order, EventKind.DELIVERED, actor=actor)
                audit.record(
                    work, actor, "deliver order", name_of(order), before=order, after=delivered
                )
            return delivered
