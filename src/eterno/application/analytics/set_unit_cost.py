"""The owner says what a piece costs to make."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid
from eterno.domain.money import MOST_MINOR_UNITS, Money


class SetUnitCost:
    """From now on a piece of this variant costs so much: material and work. What it cost before
    stays known. Saying it twice is harmless."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, variant_id: int, cost: Money | None) -> None:
        """None: it is not known any more. Raises `NotFound` or `Invalid`."""
        if cost is not None and not 0 <= cost.minor <= MOST_MINOR_UNITS:
            raise Invalid.field("unit_cost", "an amount of money, not below nothing")
        again(lambda: self._set(actor, variant_id, cost))

    def _set(self, actor: Actor, variant_id: int, cost: Money | None) -> None:
        with self._store.begin() as work:
            minor = cost.minor if cost is not None else None
            work.costs.record(variant_id, minor, at=work.now, actor=actor.username)
            audit.record(work, actor, "set cost", f"variant {variant_id}", after={"cost": cost})
