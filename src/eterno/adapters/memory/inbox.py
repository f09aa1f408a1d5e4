"""What the payment service has said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from eterno.adapters.memory.tables import Heard, Tables, rule


class MemoryInbox:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def receive(self, id: str, kind: str, at: datetime) -> bool:
        if id in self._draft.inbox:
            return False
        self._draft.inbox[id] = Heard(kind=kind, received_at=at)
        return True

    def close(self, id: str, outcome: str, at: datetime, order_id: UUID | None) -> None:
        rule("a message is received before it is closed", id in self._draft.inbox)
        rule("a message's order exists", order_id is None or order_id in self._draft.orders)
        self._draft.inbox[id] = replace(
            self._draft.inbox[id], outcome=outcome, closed_at=at, order_id=order_id
        )
