"""A variant, offered differently."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.as_seen import AsSeen, hold_shelf
from eterno.application.catalog.drafts import VariantDraft
from eterno.application.inventory.move import move
from eterno.application.media.pictures import Pictures, drop_picture
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.application.ports.views import ShownVariant
from eterno.domain.audit import Actor
from eterno.domain.inventory import Reason


class EditVariant:
    """Offer a variant in another way, or at another price; its stock is what was counted.

    Orders keep the price at which it was bought.
    """

    def __init__(self, store: Store, pictures: Pictures, ids: Ids) -> None:
        self._store = store
        self._pictures = pictures
        self._ids = ids

    def __call__(
        self,
        actor: Actor,
        product_id: int,
        variant_id: int,
        draft: VariantDraft,
        *,
        as_seen: AsSeen | None = None,
    ) -> ShownVariant:
        """Raises `NotFound`, also for another product's variant, `Invalid`, `AlreadyThere` for a
        SKU in use, and `Outdated`."""
        self._pictures.attach(draft.img_key)
        return again(lambda: self._edit(actor, product_id, variant_id, draft, as_seen))

    def _edit(
        self,
        actor: Actor,
        product_id: int,
        variant_id: int,
        draft: VariantDraft,
        as_seen: AsSeen | None,
    ) -> ShownVariant:
        with self._store.begin() as work:
            before = work.variants.hold(variant_id, of=product_id)
            variant = draft.variant(variant_id, of=product_id, sku=before.sku)
            work.variants.save(variant)
            drop_picture(work, self._ids, before.img_key, variant.img_key)
            audit.record(
                work, actor, "edit variant", f"variant {variant_id}", before=before, after=variant
            )
            shelf = hold_shelf(work, before, as_seen)
            counted = shelf.count(draft.stock)
            move(work, actor, shelf, counted, reason=Reason.COUNT)
            return ShownVariant(variant=variant, available=counted.available)
