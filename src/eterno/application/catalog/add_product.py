"""A new product."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.catalog.drafts import ProductDraft
from eterno.application.media.pictures import Pictures
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.catalog import Product


class AddProduct:
    """Put a product into the shop. It cannot be bought before it has a variant."""

    def __init__(self, store: Store, pictures: Pictures) -> None:
        self._store = store
        self._pictures = pictures

    def __call__(self, actor: Actor, draft: ProductDraft) -> Product:
        """Raises `Invalid`, also for a picture that is not there."""
        self._pictures.attach(draft.img_key)
        with self._store.begin() as work:
            product = draft.product(work.products.next_id())
            work.products.add(product)
            audit.record(work, actor, "add product", f"product {product.id}", after=product)
            return product
