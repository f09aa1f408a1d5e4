"""A variant leaves the shop."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.as_seen import AsSeen, hold_shelf
from eterno.application.media.pictures import drop_picture
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant


class RemoveVariant:
    """Take a variant off the shop.

    One that an order or the stock ledger names is archived: it can no longer be bought, and the
    books still know what it was. Buyers who are paying for it may go on.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(
        self, actor: Actor, product_id: int, variant_id: int, *, as_seen: AsSeen | None = None
    ) -> None:
        """Raises `NotFound`, also for another product's variant, and `Outdated`."""
        again(lambda: self._remove(actor, product_id, variant_id, as_seen))

    def _remove(
        self, actor: Actor, product_id: int, variant_id: int, as_seen: AsSeen | None
    ) -> None:
        with self._store.begin() as work:
            variant = work.variants.hold(variant_id, of=product_id)
            if as_seen:
                hold_shelf(work, variant, as_seen)
            take_off(work, self._ids, actor, variant)


def take_off(work: Work, ids: Ids, actor: Actor, variant: Variant) -> None:
    """Erase or archive a variant that the work holds."""
    subject = f"variant {variant.id}"
    if work.variants.remove(variant.id):
        drop_picture(work, ids, variant.img_key)
        audit.record(work, actor, "erase variant", subject, before=variant)
    else:
        archived = variant.archive()
        work.variants.save(archived)
        audit.record(work, actor, "archive variant", subject, before=variant, after=archived)
