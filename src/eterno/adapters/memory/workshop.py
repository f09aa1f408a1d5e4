"""What is still to be made, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.views import MemoryOrderDesk
from eterno.domain.make_list import TO_SEND, OpenOrder
from eterno.domain.orders import Order

_NEVER = datetime.max.replace(tzinfo=UTC)


class MemoryWorkshop:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def open_orders(self, *, most: int) -> Sequence[OpenOrder]:
        orders = self._store.tables.orders.values()
        due = sorted((order for order in orders if order.state in TO_SEND), key=_urgency)
        refunds = MemoryOrderDesk(self._store).refunds
        return [OpenOrder(order=order, refunds=refunds(order.id)) for order in due[:most]]


def _urgency(order: Order) -> tuple[datetime, int]:
    return order.promised_by or _NEVER, order.number or 0
