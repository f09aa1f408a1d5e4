"""Which categories a product is in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.catalog import Category


class SortProduct:
    """Put a product into categories, or take it out of some.

    Doing it again is harmless: being in one already is fine, and so is not being in one.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(
        self, actor: Actor, id: int, *, into: Iterable[int] = (), out_of: Iterable[int] = ()
    ) -> Sequence[Category]:
        """The categories it was put into and taken out of, by id.

        Raises `NotFound` for the product and for each category that does not exist.
        """
        inside, outside = frozenset(into), frozenset(out_of)
        return again(lambda: self._sort(actor, id, inside, outside))

    def _sort(
        self, actor: Actor, id: int, into: frozenset[int], out_of: frozenset[int]
    ) -> Sequence[Category]:
        with self._store.begin() as work:
            work.products.hold(id)
            named = work.categories.hold(into | out_of)
            before = work.products.categories_of(id)
            work.products.assign(id, into)
            work.products.unassign(id, out_of)
            audit.record(
                work,
                actor,
                "sort product",
                f"product {id}",
                before=_facts(before),
                after=_facts(work.products.categories_of(id)),
            )
            return named


def _facts(categories: Sequence[Category]) -> dict[str, object]:
    return {"categories": [category.name for category in categories]}
