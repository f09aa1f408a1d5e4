"""What the shop keeps about people, within one work."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from eterno.application.ports.views import ShownTask
from eterno.domain.contact import Message
from eterno.domain.orders import Order


class Traces(Protocol):
    """Addresses are compared as `domain.privacy.folded` says."""

    def orders_of(self, email: str) -> Sequence[Order]:
        """Every order of the buyer with this address, the oldest first, kept from everybody else
        until this work ends."""
        ...

    def messages_from(self, email: str) -> Sequence[Message]:
        """What somebody with this address wrote to the owner, the oldest first."""
        ...

    def tasks_about(self, orders: Collection[UUID]) -> Sequence[ShownTask]:
        """The tasks of the outbox, letters above all, that are about one of these orders, the
        oldest first."""
        ...

    def forget_buyer(self, order: Order) -> None:
        """Write an order of `orders_of` that became `nameless`, and take out all that was written
        about it by hand: in its history and as the reason of its refunds. That it was written, by
        whom and when, stays."""
        ...

    def forget_messages(self, ids: Collection[UUID]) -> None: ...

    def forget_old_attempts(self, before: datetime, salt: str, *, most: int) -> int:
        """Of orders that were placed before then and wait for no payment, forget the client's
        address; of those that were never paid, all that `nameless` forgets. The oldest first, at
        most so many; how many there were."""
        ...

    def forget_old_messages(self, before: datetime, *, most: int) -> int:
        """Take out messages that came before then, at most so many; how many there were."""
        ...

    def forget_old_notices(self, before: datetime, *, most: int) -> int:
        """Take out notices that came before then and of which something has come, at most so many;
        how many there were. The payment service must not repeat one that is so old."""
        ...

    def forget_old_tries(self, before: datetime, *, most: int) -> int:
        """Take out tries counted by `Throttle` before then, at most so many; how many there
        were."""
        ...
