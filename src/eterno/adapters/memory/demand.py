"""What buyers could not have, and what pieces cost to make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from eterno.adapters.memory.tables import Refused, Tables, rule
from eterno.domain.errors import NotFound
from eterno.domain.inventory import Shortage


class MemoryDemand:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def refuse(self, shortages: Iterable[Shortage], *, cart: str, at: datetime) -> None:
        for lack in shortages:
            missing = lack.requested - lack.available
            rule("what is missing is more than nothing", missing > 0)
            rule("what is missing is a variant", lack.variant_id in self._draft.variants)
            self._draft.demand.append(
                Refused(at=at, variant_id=lack.variant_id, missing=missing, cart=cart)
            )


class MemoryCosts:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def record(self, variant_id: int, cost: int | None, *, at: datetime, actor: str) -> None:
        if variant_id not in self._draft.variants:
            raise NotFound("ProductVariant", variant_id)
        rule("a cost is not negative and somebody says it", actor and (cost is None or cost >= 0))
        self._draft.costs.append((variant_id, cost, at))
