"""Pieces turn up, break or get lost."""

from __future__ import annotations

from eterno.application.again import again
from eterno.application.idempotency import check_key
from eterno.application.inventory.move import is_done, move
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.inventory import Reason, Shelf, check_note


class CorrectStock:
    """Change what is on hand by so many pieces, up or down, and say why.

    With a key, asking twice changes it once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self, actor: Actor, variant_id: int, change: int, *, note: str, key: str | None = None
    ) -> Shelf:
        """The shelf as it is now.

        Raises `NotFound`, `Invalid`, also for a change without a reason, `OutOfStock` when more
        would go than can be sold now, and `KeyReused` for a key under which something else was
        done.
        """
        check_key(key)
        clean_note = check_note(note, least=1)
        return again(lambda: self._correct(actor, variant_id, change, clean_note, key))

    def _correct(
        self, actor: Actor, variant_id: int, change: int, note: str, key: str | None
    ) -> Shelf:
        reason = Reason.COUNT
        with self._store.begin() as work:
            work.variants.hold(variant_id)
            shelf = work.shelves.hold([variant_id])[variant_id]
            if is_done(work, key, variant_id=variant_id, change=change, reason=reason):
                return shelf
            corrected = shelf.correct(change)
            move(work, actor, shelf, corrected, reason=reason, note=note, key=key)
            return corrected
