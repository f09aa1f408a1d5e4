"""What visitors wrote."""

from __future__ import annotations

from uuid import UUID

from eterno.adapters.memory.tables import Tables, rule
from eterno.domain.contact import Message


class MemoryMessages:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def add(self, message: Message) -> None:
        rule("a message's id is its own", message.id not in self._draft.messages)
        self._draft.messages[message.id] = message

    def find(self, id: UUID) -> Message | None:
        return self._draft.messages.get(id)
