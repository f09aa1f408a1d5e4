"""The first goods on the shelves of an empty shop."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from eterno.application.ports.media import MediaStore
from eterno.application.ports.store import Store, Work
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.inventory import Movement, Reason, Shelf
from eterno.domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    key: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstVariant:
    size: str
    shape: str | None
    price: Money
    stock: int
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstProduct:
    name: str
    description: str
    long_description: str
    ingredients: tuple[str, ...]
    categories: tuple[str, ...]
    picture: Picture
    variants: tuple[FirstVariant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assortment:
    """What an empty shop starts with. `categories` are (name, description)."""

    categories: tuple[tuple[str, str], ...]
    products: tuple[FirstProduct, ...]

    @property
    def pictures(self) -> Collection[Picture]:
        """Each once, though several variants may share one."""
        shown = {product.picture.key: product.picture for product in self.products}
        for product in self.products:
            shown.update((variant.picture.key, variant.picture) for variant in product.variants)
        return shown.values()


class OpenShop:
    """Fill an empty shop; leave one that has goods alone, so doing it twice is harmless.

    The pictures are put first: a shop never shows one that is missing.
    """

    def __init__(self, store: Store, media: MediaStore) -> None:
        self._store = store
        self._media = media

    def __call__(self, assortment: Assortment) -> bool:
        """Whether the shop was empty and is now filled.

        Raises `Invalid` for goods against the rules.
        """
        if not self.is_empty():
            return False
        for picture in assortment.pictures:
            self._media.put(picture.key, picture.data)
        with self._store.begin() as work:
            work.alone("opening the shop")
            if _has_goods(work):
                return False
            _fill(work, assortment)
        return True

    def is_empty(self) -> bool:
        """Whether there is nothing in the shop yet."""
        with self._store.begin() as work:
            return not _has_goods(work)


def _has_goods(work: Work) -> bool:
    return bool(work.products.all() or work.categories.all())


def _fill(work: Work, assortment: Assortment) -> None:
    categories: dict[str, int] = {}
    for name, description in assortment.categories:
        category = Category.named(id=work.categories.next_id(), name=name, description=description)
        work.categories.add(category)
        categories[name] = category.id
    for first in assortment.products:
        product = Product.described(
            id=work.products.next_id(),
            name=first.name,
            description=first.description,
            long_description=first.long_description,
            ingredients=first.ingredients,
            img_key=first.picture.key,
        )
        work.products.add(product, (categories[name] for name in first.categories))
        for variant in first.variants:
            _offer(work, product, variant)


def _offer(work: Work, product: Product, first: FirstVariant) -> None:
    variant = Variant.offered(
        id=work.variants.next_id(),
        product_id=product.id,
        size=first.size,
        shape=first.shape,
        img_key=first.picture.key,
        price=first.price,
    )
    work.variants.add(variant)
    work.shelves.add(Shelf(variant_id=variant.id, on_hand=first.stock))
    if first.stock:
        work.shelves.record(
            [
                Movement(
                    variant_id=variant.id,
                    change=first.stock,
                    reason=Reason.DELIVERY,
                    at=work.now,
                    note="opening stock",
                )
            ]
        )
