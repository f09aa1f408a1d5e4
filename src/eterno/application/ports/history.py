"""The history of orders, within one work."""

from __future__ import annotations

from typing import Protocol

from eterno.domain.history import OrderEvent


class History(Protocol):
    """What happened to orders. What is written there is never changed or taken out."""

    def record(self, *events: OrderEvent) -> None: ...
