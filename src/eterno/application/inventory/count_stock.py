"""Somebody counted."""

from __future__ import annotations

from eterno.application.again import again
from eterno.application.catalog.as_seen import AsSeen, hold_shelf
from eterno.application.inventory.move import move
from eterno.application.ports.store import Store
from eterno.application.ports.views import ShownVariant
from eterno.domain.audit import Actor
from eterno.domain.inventory import Reason, check_note


class CountStock:
    """Set how many pieces of a variant can be sold now.

    What is held for buyers stands there besides. Counting what is known already changes nothing,
    and leaves no trace.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        actor: Actor,
        product_id: int,
        variant_id: int,
        available: int,
        *,
        note: str = "",
        as_seen: AsSeen | None = None,
    ) -> ShownVariant:
        """Raises `NotFound`, also for another product's variant, `Invalid` and `Outdated`."""
        clean_note = check_note(note)
        return again(
            lambda: self._count(actor, product_id, variant_id, available, clean_note, as_seen)
        )

    def _count(
        self,
        actor: Actor,
        product_id: int,
        variant_id: int,
        available: int,
        note: str,
        as_seen: AsSeen | None,
    ) -> ShownVariant:
        with self._store.begin() as work:
            variant = work.variants.hold(variant_id, of=product_id)
            shelf = hold_shelf(work, variant, as_seen)
            counted = shelf.count(available)
            move(work, actor, shelf, counted, reason=Reason.COUNT, note=note)
            return ShownVariant(variant=variant, available=counted.available)
