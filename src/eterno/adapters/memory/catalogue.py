"""Categories, products and variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from eterno.adapters.memory.tables import Sequences, Tables, rule
from eterno.application.ports.catalogue import Offer
from eterno.application.ports.store import AlreadyThere
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.errors import NotFound


class MemoryCategories:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences
        self._held: set[int] = set()

    def next_id(self) -> int:
        return self._sequences.next("category")

    def add(self, category: Category) -> None:
        rule("a category's id is its own", category.id not in self._draft.categories)
        self._draft.categories[category.id] = category

    def all(self) -> Sequence[Category]:
        return sorted(self._draft.categories.values(), key=lambda category: category.id)

    def hold(self, ids: Iterable[int]) -> Sequence[Category]:
        wanted = sorted(set(ids))
        for id in wanted:
            if id not in self._draft.categories:
                raise NotFound("Category", id)
        self._held.update(wanted)
        return [self._draft.categories[id] for id in wanted]

    def save(self, category: Category) -> None:
        rule("a category is held before it is changed", category.id in self._held)
        self._draft.categories[category.id] = category

    def remove(self, id: int) -> None:
        rule("a category is held before it is removed", id in self._held)
        del self._draft.categories[id]
        self._draft.placements = {place for place in self._draft.placements if place[1] != id}


class MemoryProducts:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences
        self._held: set[int] = set()

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

    def hold(self, id: int) -> Product:
        product = self._draft.products.get(id)
        if product is None or product.archived:
            raise NotFound("Product", id)
        self._held.add(id)
        return product

    def save(self, product: Product) -> None:
        rule("a product is held before it is changed", product.id in self._held)
        self._draft.products[product.id] = product

    def remove(self, id: int) -> bool:
        rule("a product is held before it is removed", id in self._held)
        if any(variant.product_id == id for variant in self._draft.variants.values()):
            return False
        del self._draft.products[id]
        self._draft.placements = {place for place in self._draft.placements if place[0] != id}
        return True

    def categories_of(self, id: int) -> Sequence[Category]:
        placements = sorted(self._draft.placements)
        return [
            self._draft.categories[category] for product, category in placements if product == id
        ]

    def assign(self, id: int, categories: Iterable[int]) -> None:
        for category in categories:
            rule("a product's categories exist", category in self._draft.categories)
            self._draft.placements.add((id, category))

    def unassign(self, id: int, categories: Iterable[int]) -> None:
        self._draft.placements -= {(id, category) for category in categories}


class MemoryVariants:
    def __init__(self, draft: Tables, sequences: Sequences, now: datetime) -> None:
        self._draft = draft
        self._sequences = sequences
        self._now = now
        self._held: set[int] = set()

    def next_id(self) -> int:
        return self._sequences.next("variant")

    def add(self, variant: Variant) -> None:
        self._must_be_free(variant)
        rule("a variant's id is its own", variant.id not in self._draft.variants)
        rule("a variant's product exists", variant.product_id in self._draft.products)
        self._write(variant)

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        return {id: offer for id in sorted(set(ids)) if (offer := self._offer(id))}

    def hold(self, id: int, *, of: int | None = None) -> Variant:
        variant = self._draft.variants.get(id)
        if variant is None or variant.archived or of not in (None, variant.product_id):
            raise NotFound("ProductVariant", id)
        self._held.add(id)
        return variant

    def hold_all(self, of: int) -> Sequence[Variant]:
        return [
            self.hold(id)
            for id, variant in sorted(self._draft.variants.items())
            if variant.product_id == of and not variant.archived
        ]

    def save(self, variant: Variant) -> None:
        rule("a variant is held before it is changed", variant.id in self._held)
        before = self._draft.variants[variant.id]
        rule("a variant stays its product's", variant.product_id == before.product_id)
        self._must_be_free(variant)
        self._write(variant)

    def _write(self, variant: Variant) -> None:
        self._draft.variants[variant.id] = variant
        self._draft.prices.append((variant.id, variant.price.minor, self._now))

    def remove(self, id: int) -> bool:
        rule("a variant is held before it is removed", id in self._held)
        if any(id in order.quantities for order in self._draft.orders.values()) or any(
            movement.variant_id == id for movement in self._draft.movements
        ):
            return False
        del self._draft.variants[id]
        self._draft.shelves.pop(id, None)
        return True

    def _must_be_free(self, variant: Variant) -> None:
        others = (other for other in self._draft.variants.values() if other.id != variant.id)
        if any(variant.sku == other.sku for other in others):
            raise AlreadyThere("SKU")

    def _offer(self, id: int) -> Offer | None:
        variant = self._draft.variants.get(id)
        if variant is None or variant.archived:
            return None
        product = self._draft.products[variant.product_id]
        if product.archived:
            return None
        available = self._draft.shelves[id].available
        return Offer(variant=variant, product_name=product.name, available=available)
