"""Writing an order's history, in the transaction of what happened."""

from __future__ import annotations

from eterno.application.ports.store import Work
from eterno.domain.audit import Actor
from eterno.domain.history import EventKind, Facts, OrderEvent
from eterno.domain.orders import Order


def tell(
    work: Work,
    order: Order,
    kind: EventKind,
    facts: Facts | None = None,
    *,
    actor: Actor | None = None,
    words: str = "",
) -> None:
    """Note that this happened to the order, now. Without an `actor`, nobody of the shop did it."""
    work.history.record(
        OrderEvent(
            order_id=order.id,
            at=work.now,
            kind=kind,
            actor=actor.username if actor else None,
            facts=facts or {},
            words=words,
        )
    )


def name_of(order: Order) -> str:
    """The subject of an audit entry: "order 1001", by its id as long as it has no number."""
    return f"order {order.number or order.id}"
