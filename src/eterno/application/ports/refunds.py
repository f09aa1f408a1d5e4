"""Refunds, within one work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from eterno.domain.refunds import Refund


class Refunds(Protocol):
    """Hold the order before asking for its refunds or changing one."""

    def add(self, refund: Refund) -> None: ...

    def save(self, refund: Refund) -> None:
        """Write what has changed of a refund: how it stands, whether it restocks, and its name at
        the payment service."""
        ...

    def get(self, id: UUID) -> Refund:
        """Raises `NotFound`."""
        ...

    def of(self, order_id: UUID) -> Sequence[Refund]:
        """All of an order, in the order in which they were asked for."""
        ...

    def pending(self, before: datetime, *, most: int) -> Sequence[UUID]:
        """Those of all orders that were asked for before that time and are not decided, the longest
        waiting first."""
        ...
