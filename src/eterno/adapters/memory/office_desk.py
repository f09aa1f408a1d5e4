"""What the owner's day begins with, out of memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from eterno.adapters.memory.store import MemoryStore
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
        since: datetime | None = None,
        most: int = 50,
    ) -> Sequence[ShownNotice]:
        shown = [
            ShownNotice(
                id=id,
                kind=heard.kind,
                received_at=heard.received_at,
                outcome=heard.outcome,
                order_id=heard.order_id,
            )
            for id, heard in self._store.tables.inbox.items()
            if (outcomes is None or heard.outcome in outcomes)
            and (since is None or heard.received_at >= since)
        ]
        return sorted(shown, key=lambda notice: (notice.received_at, notice.id), reverse=True)[
            :most
        ]


def _is_in_question(order: Order) -> bool:
    is_disputed = order.dispute is not None and order.dispute.is_open
    return order.state is OrderState.REVIEW or is_disputed
