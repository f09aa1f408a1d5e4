"""What happened to orders."""

from __future__ import annotations

import json

from eterno.adapters.memory.tables import Tables, rule
from eterno.domain.history import OrderEvent


class MemoryHistory:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def record(self, *events: OrderEvent) -> None:
        for event in events:
            rule("what happens happens to an order", event.order_id in self._draft.orders)
            rule("facts are plain values", json.loads(json.dumps(event.facts)) == event.facts)
            self._draft.history.append(event)
