"""The one way in which people, as against orders, move stock."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.idempotency import KeyReused
from eterno.application.ports.store import Work
from eterno.domain.audit import Actor
from eterno.domain.inventory import Movement, Reason, Shelf


def move(
    work: Work,
    actor: Actor,
    before: Shelf,
    after: Shelf,
    *,
    reason: Reason,
    note: str = "",
    key: str | None = None,
) -> None:
    """Put `after` in the place of `before`, a shelf that the work holds, and write into the ledger
    who did it and why. Nothing is written when they are the same."""
    if after == before:
        return
    work.shelves.save([after])
    work.shelves.record(
        [
            Movement(
                variant_id=before.variant_id,
                change=after.on_hand - before.on_hand,
                reason=reason,
                at=work.now,
                note=note,
                actor=actor.username,
                key=key,
            )
        ]
    )
    audit.record(
        work, actor, "move stock", f"variant {before.variant_id}", before=before, after=after
    )


def is_done(work: Work, key: str | None, *, variant_id: int, change: int, reason: Reason) -> bool:
    """Whether this movement was made before, under the same key.

    Raises `KeyReused` when something else was asked for under it.
    """
    earlier = None if key is None else work.shelves.find(key)
    if earlier is None:
        return False
    if (earlier.variant_id, earlier.change, earlier.reason) != (variant_id, change, reason):
        raise KeyReused("This Idempotency-Key was used for another movement")
    return True
