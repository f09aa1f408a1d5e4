"""What the owner's day begins with, out of memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Heard
from eterno.application.ports.office import ShownNotice
from eterno.domain.orders import Order, OrderState

_UNFINISHED = (OrderState.PAID, OrderState.IN_PRODUCTION)
_NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryOfficeDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def unfinished(self, *, most: int = 50) -> Sequence[Order]:
        waiting = (o for o in self._store.tables.orders.values() if o.state in _UNFINISHED)
        return sorted(waiting, key=lambda order: (order.promised_by or _NEVER, order.id))[:most]

    def in_question(self, *, most: int = 50) -> Sequence[Order]:
        asked = (o for o in self._store.tables.orders.values() if _is_in_question(o))
        return sorted(asked, key=lambda order: (order.created_at, order.id))[:most]

    def notices(
        self,
        *,
        outcomes: Collection[str] | None = None,
        about_no_order: Collection[str] = (),
        since: datetime | None = None,
        most: int = 50,
    ) -> Sequence[ShownNotice]:
        either = {*(outcomes or ()), *about_no_order}
        paid_with = {
            order.intent_id: order.id
            for order in self._store.tables.orders.values()
            if order.intent_id is not None
        }
        shown = [_shown(id, notice, paid_with) for id, notice in self._store.tables.inbox.items()]
        wanted = [
            notice
            for notice in shown
            if (outcomes is None or notice.outcome in (outcomes if notice.order_id else either))
            and (since is None or notice.received_at >= since)
        ]
        return sorted(wanted, key=lambda notice: (notice.received_at, notice.id), reverse=True)[
            :most
        ]


def _shown(id: str, heard: Heard, paid_with: Mapping[str, UUID]) -> ShownNotice:
    return ShownNotice(
        id=id,
        kind=heard.kind,
        received_at=heard.received_at,
        outcome=heard.outcome,
        order_id=heard.order_id or paid_with.get(heard.intent_id or ""),
    )


def _is_in_question(order: Order) -> bool:
    is_disputed = order.dispute is not None and order.dispute.is_open
    is_suspect = order.fraud_warning and order.state in _UNFINISHED
    return order.state is OrderState.REVIEW or is_disputed or is_suspect
