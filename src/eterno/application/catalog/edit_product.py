"""A product, told differently."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.drafts import ProductDraft
from eterno.application.media.pictures import Pictures, drop_picture
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.catalog import Product


class EditProduct:
    """Write a product anew. Its variants, categories and address stay, and orders keep the name
    under which it was bought."""

    def __init__(self, store: Store, pictures: Pictures, ids: Ids) -> None:
        self._store = store
        self._pictures = pictures
        self._ids = ids

    def __call__(self, actor: Actor, id: int, draft: ProductDraft) -> Product:
        """Raises `NotFound` and `Invalid`, also for a picture that is not there."""
        self._pictures.attach(draft.img_key)
        return again(lambda: self._edit(actor, id, draft))

    def _edit(self, actor: Actor, id: int, draft: ProductDraft) -> Product:
        with self._store.begin() as work:
            before = work.products.hold(id)
            product = before.rewrite(draft.product(id))
            work.products.save(product)
            drop_picture(work, self._ids, before.img_key, product.img_key)
            audit.record(work, actor, "edit product", f"product {id}", before=before, after=product)
            return product
