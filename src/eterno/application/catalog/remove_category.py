"""A category is given up."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor


class RemoveCategory:
    """Erase a category. The products that were in it stay."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, id: int) -> None:
        """Raises `NotFound`."""
        again(lambda: self._remove(actor, id))

    def _remove(self, actor: Actor, id: int) -> None:
        with self._store.begin() as work:
            (category,) = work.categories.hold([id])
            work.categories.remove(id)
            audit.record(work, actor, "erase category", f"category {id}", before=category)
