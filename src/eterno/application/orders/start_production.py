"""The owner begins to make an order."""

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


class StartProduction:
    """Note that a paid order is being made or packed. Saying so twice changes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, order_id: UUID) -> Order:
        """The order afterwards. Raises `NotFound` or `NotPossibleNow`."""
        return again(lambda: self._start(actor, order_id))

    def _start(self, actor: Actor, order_id: UUID) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            started = fulfilment.start_production(order)
            if started != order:
                work.orders.save(started)
                tell(work, order, EventKind.IN_PRODUCTION, actor=actor)
                audit.record(
                    work, actor, "start production", name_of(order), before=order, after=started
                )
            return started
