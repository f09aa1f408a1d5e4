"""What the payment service has said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from eterno.adapters.memory.tables import Heard, Tables, rule
from eterno.application.ports.payments import Sequel


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

    def keep(self, id: str, intent_id: str, sequel: Sequel) -> None:
        rule("a message is received before it is kept", id in self._draft.inbox)
        self._draft.inbox[id] = replace(self._draft.inbox[id], intent_id=intent_id, sequel=sequel)

    def kept(self, intent_id: str) -> Sequence[tuple[str, Sequel]]:
        found = [
            (heard.received_at, id, heard.sequel)
            for id, heard in self._draft.inbox.items()
            if heard.intent_id == intent_id and heard.sequel
        ]
        return [(id, sequel) for _, id, sequel in sorted(found, key=lambda one: one[:2])]
