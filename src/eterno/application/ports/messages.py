"""What visitors wrote: within one work, and for the owner to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from eterno.domain.contact import Message


class Messages(Protocol):
    def add(self, message: Message) -> None: ...

    def find(self, id: UUID) -> Message | None: ...


class MessageDesk(Protocol):
    """What the owner sees of her visitors' messages."""

    def latest(self, *, after: UUID | None = None, most: int = 50) -> Sequence[Message]:
        """The newest first; with `after`, only those that come after it in this order. An id that
        no message has is as good as one between two that have."""
        ...
