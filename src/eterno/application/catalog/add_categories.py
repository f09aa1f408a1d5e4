"""New categories."""

from __future__ import annotations

from collections.abc import Sequence

from eterno.application.access import audit
from eterno.application.catalog.drafts import CategoryDraft
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.catalog import Category
from eterno.domain.errors import Fault, Invalid

MOST_AT_ONCE = 100


class AddCategories:
    """Make categories: all of them, or none when one cannot be."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, drafts: Sequence[CategoryDraft]) -> Sequence[Category]:
        """Raises `Invalid` for a list that is too long, and for a text by its place in the list."""
        if len(drafts) > MOST_AT_ONCE:
            too_many = f"at most {MOST_AT_ONCE} categories at once"
            raise Invalid(too_many, Fault("", too_many))
        with self._store.begin() as work:
            made = []
            for place, draft in enumerate(drafts):
                category = _written(work.categories.next_id(), draft, place)
                work.categories.add(category)
                audit.record(work, actor, "add category", f"category {category.id}", after=category)
                made.append(category)
            return made


def _written(id: int, draft: CategoryDraft, place: int) -> Category:
    try:
        return Category.named(id=id, name=draft.name, description=draft.description)
    except Invalid as refusal:
        raise refusal.inside(f"[{place}]") from None
