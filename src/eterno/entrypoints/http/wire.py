"""The shapes on the wire that the existing SPA knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from eterno.application.ports.views import ShownProduct, ShownVariant
from eterno.domain.catalog import Category
from eterno.domain.money import Money

PictureUrl = Callable[[str], str]

Price = Annotated[float, Meta(description="In the shop's currency: 8.99", examples=[8.99])]


class CategoryOut(Struct, frozen=True):
    """A way of looking at the shop."""

    id: int
    name: str
    description: str


class VariantOut(Struct, frozen=True, kw_only=True):
    """One way to buy a product."""

    id: int
    product_id: int
    sku: str
    size: str
    shape: str | None
    img_key: str | None
    image_url: Annotated[
        str | None, Meta(description="Absolute, for use in an <img>, without credentials.")
    ]
    price: Price
    stock_quantity: Annotated[int, Meta(description="What can be sold now: on hand minus held.")]


class ProductSummaryOut(Struct, frozen=True, kw_only=True):
    """A product with its variants."""

    id: int
    slug: str
    name: str
    description: str
    long_description: str | None
    ingredients: list[str]
    img_key: str | None
    image_url: Annotated[
        str | None, Meta(description="Absolute, for use in an <img>, without credentials.")
    ]
    variants: list[VariantOut]


class ProductOut(ProductSummaryOut, frozen=True, kw_only=True):
    """A product with its variants and categories."""

    categories: list[CategoryOut]


class CategoryWithProductsOut(CategoryOut, frozen=True, kw_only=True):
    """A category and what is in it."""

    products: list[ProductSummaryOut]


def price_out(price: Money) -> float:
    """A price as a JSON number: 899 cents is 8.99, exactly as people write it."""
    return float(price.amount)


def category_out(category: Category) -> CategoryOut:
    return CategoryOut(category.id, category.name, category.description)


def variant_out(shown: ShownVariant, picture: PictureUrl) -> VariantOut:
    variant = shown.variant
    return VariantOut(
        id=variant.id,
        product_id=variant.product_id,
        sku=variant.sku,
        size=variant.size,
        shape=variant.shape,
        img_key=variant.img_key,
        image_url=picture(variant.img_key) if variant.img_key else None,
        price=price_out(variant.price),
        stock_quantity=shown.available,
    )


def summary_out(shown: ShownProduct, picture: PictureUrl) -> ProductSummaryOut:
    product = shown.product
    return ProductSummaryOut(
        id=product.id,
        slug=product.slug,
        name=product.name,
        description=product.description,
        long_description=product.long_description,
        ingredients=list(product.ingredients),
        img_key=product.img_key,
        image_url=picture(product.img_key) if product.img_key else None,
        variants=[variant_out(variant, picture) for variant in shown.variants],
    )


def product_out(shown: ShownProduct, picture: PictureUrl) -> ProductOut:
    summary = summary_out(shown, picture)
    return ProductOut(
        **{name: getattr(summary, name) for name in summary.__struct_fields__},
        categories=[category_out(category) for category in shown.categories],
    )


def category_with_products_out(
    category: Category, products: Sequence[ShownProduct], picture: PictureUrl
) -> CategoryWithProductsOut:
    return CategoryWithProductsOut(
        category.id,
        category.name,
        category.description,
        products=[summary_out(shown, picture) for shown in products],
    )
