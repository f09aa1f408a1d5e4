"""New pieces arrive."""

from __future__ import annotations

from eterno.application.again import again
from eterno.application.idempotency import check_key
from eterno.application.inventory.move import is_done, move
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.inventory import Reason, Shelf, check_note


class ReceiveDelivery:
    """Add pieces to a shelf. With a key, asking twice adds them once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self,
        actor: Actor,
        variant_id: int,
        quantity: int,
        *,
        note: str = "",
        key: str | None = None,
    ) -> Shelf:
        """The shelf as it is now.

        Raises `NotFound`, `Invalid`, and `KeyReused` for a key under which something else was done.
        """
        check_key(key)
        clean_note = check_note(note)
        return again(lambda: self._receive(actor, variant_id, quantity, clean_note, key))

    def _receive(
        self, actor: Actor, variant_id: int, quantity: int, note: str, key: str | None
    ) -> Shelf:
        reason = Reason.DELIVERY
        with self._store.begin() as work:
            work.variants.hold(variant_id)
            shelf = work.shelves.hold([variant_id])[variant_id]
            if is_done(work, key, variant_id=variant_id, change=quantity, reason=reason):
                return shelf
            filled = shelf.receive(quantity)
            move(work, actor, shelf, filled, reason=reason, note=note, key=key)
            return filled
