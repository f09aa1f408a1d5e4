"""Categories, products and variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from eterno.adapters.memory.tables import Sequences, Tables, rule
from eterno.application.ports.catalogue import Offer
from eterno.application.ports.store import AlreadyThere
from eterno.domain.catalog import Category, Product, Variant


class MemoryCategories:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences

    def next_id(self) -> int:
        return self._sequences.next("category")

    def add(self, category: Category) -> None:
        rule("a category's id is its own", category.id not in self._draft.categories)
        self._draft.categories[category.id] = category

    def all(self) -> Sequence[Category]:
        return sorted(self._draft.categories.values(), key=lambda category: category.id)


class MemoryProducts:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences

    def next_id(self) -> int:
        return self._sequences.next("product")

    def add(self, product: Product, categories: Iterable[int] = ()) -> None:
        others = self._draft.products.values()
        rule("a product's id is its own", product.id not in self._draft.products)
        rule("a product's slug is its own", product.slug not in {other.slug for other in others})
        self._draft.products[product.id] = product
        for category_id in categories:
            rule("a product's categories exist", category_id in self._draft.categories)
            self._draft.placements.add((product.id, category_id))

    def all(self) -> Sequence[Product]:
        shown = (product for product in self._draft.products.values() if not product.archived)
        return sorted(shown, key=lambda product: product.id)


class MemoryVariants:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences

    def next_id(self) -> int:
        return self._sequences.next("variant")

    def add(self, variant: Variant) -> None:
        if any(variant.sku == other.sku for other in self._draft.variants.values()):
            raise AlreadyThere("SKU")
        rule("a variant's id is its own", variant.id not in self._draft.variants)
        rule("a variant's product exists", variant.product_id in self._draft.products)
        self._draft.variants[variant.id] = variant

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        return {id: offer for id in sorted(set(ids)) if (offer := self._offer(id))}

    def _offer(self, id: int) -> Offer | None:
        variant = self._draft.variants.get(id)
        if variant is None or variant.archived:
            return None
        product = self._draft.products[variant.product_id]
        if product.archived:
            return None
        available = self._draft.shelves[id].available
        return Offer(variant=variant, product_name=product.name, available=available)
