"""What the owner writes, before it is anything."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.domain.catalog import Product, Variant
from eterno.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product, but for its id."""

    name: str
    description: str
    ingredients: tuple[str, ...]
    long_description: str | None = None
    img_key: str | None = None

    def product(self, id: int) -> Product:
        """Raises `Invalid`."""
        return Product.described(
            id=id,
            name=self.name,
            description=self.description,
            ingredients=self.ingredients,
            long_description=self.long_description,
            img_key=self.img_key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantDraft:
    """A variant, but for its ids, and how many of it can be sold now."""

    size: str
    price: Money
    stock: int
    shape: str | None = None
    img_key: str | None = None
    sku: str | None = None
    """Nothing leaves it as it is, or has one made."""

    def variant(self, id: int, *, of: int, sku: str | None = None) -> Variant:
        """A variant of the product `of`, with this `sku` unless the owner wrote another.

        Raises `Invalid`.
        """
        return Variant.offered(
            id=id,
            product_id=of,
            size=self.size,
            price=self.price,
            shape=self.shape,
            img_key=self.img_key,
            sku=sku if self.sku is None else self.sku,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDraft:
    """A category, but for its id."""

    name: str
    description: str
