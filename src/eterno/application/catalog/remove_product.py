"""A product leaves the shop."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.remove_variant import take_off
from eterno.application.media.pictures import drop_picture
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor


class RemoveProduct:
    """Take a product off the shop, with all its variants.

    What an order or the stock ledger names is archived, and with it its product; only what never
    was more than words is erased. Buyers who are paying for it may go on.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(self, actor: Actor, id: int) -> None:
        """Raises `NotFound`."""
        again(lambda: self._remove(actor, id))

    def _remove(self, actor: Actor, id: int) -> None:
        with self._store.begin() as work:
            product = work.products.hold(id)
            for variant in work.variants.hold_all(id):
                take_off(work, self._ids, actor, variant)
            subject = f"product {id}"
            if work.products.remove(id):
                drop_picture(work, self._ids, product.img_key)
                audit.record(work, actor, "erase product", subject, before=product)
            else:
                archived = product.archive()
                work.products.save(archived)
                audit.record(
                    work, actor, "archive product", subject, before=product, after=archived
                )
