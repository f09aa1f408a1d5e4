"""A new way to buy a product."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.drafts import VariantDraft
from eterno.application.inventory.move import move
from eterno.application.media.pictures import Pictures
from eterno.application.ports.store import Store
from eterno.application.ports.views import ShownVariant
from eterno.domain.audit import Actor
from eterno.domain.inventory import Reason, Shelf


class AddVariant:
    """Offer a product in another size or shape. Its first pieces come with a delivery."""

    def __init__(self, store: Store, pictures: Pictures) -> None:
        self._store = store
        self._pictures = pictures

    def __call__(self, actor: Actor, product_id: int, draft: VariantDraft) -> ShownVariant:
        """Raises `NotFound` for the product, `Invalid`, and `AlreadyThere` for a SKU in use."""
        self._pictures.attach(draft.img_key)
        return again(lambda: self._add(actor, product_id, draft))

    def _add(self, actor: Actor, product_id: int, draft: VariantDraft) -> ShownVariant:
        with self._store.begin() as work:
            work.products.hold(product_id)
            variant = draft.variant(work.variants.next_id(), of=product_id)
            empty = Shelf(variant_id=variant.id, on_hand=0)
            filled = empty.count(draft.stock)
            work.variants.add(variant)
            work.shelves.add(empty)
            audit.record(work, actor, "add variant", f"variant {variant.id}", after=variant)
            work.shelves.hold([variant.id])
            move(work, actor, empty, filled, reason=Reason.DELIVERY, note="opening stock")
            return ShownVariant(variant=variant, available=filled.available)
