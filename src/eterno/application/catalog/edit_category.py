"""A category, named differently."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.catalog.drafts import CategoryDraft
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.catalog import Category


class EditCategory:
    """Name or describe a category anew; what is in it stays."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, id: int, draft: CategoryDraft) -> Category:
        """Raises `NotFound` and `Invalid`."""
        return again(lambda: self._edit(actor, id, draft))

    def _edit(self, actor: Actor, id: int, draft: CategoryDraft) -> Category:
        with self._store.begin() as work:
            (before,) = work.categories.hold([id])
            category = Category.named(id=id, name=draft.name, description=draft.description)
            work.categories.save(category)
            audit.record(
                work, actor, "edit category", f"category {id}", before=before, after=category
            )
            return category
