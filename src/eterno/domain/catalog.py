"""The catalogue: what the shop makes and how it is offered."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Self

from eterno.domain.errors import Invalid
from eterno.domain.media import check_picture_key
from eterno.domain.money import Money
from eterno.domain.text import clean

NAME_LENGTH = 120
DESCRIPTION_LENGTH = 4_000
INGREDIENT_LENGTH = 80
MOST_INGREDIENTS = 60
SIZE_LENGTH = 60
_SKU = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}")
_MADE_SKU = re.compile(r"S[0-9]{4,}-[0-9]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A way of looking at the shop: "Gifts", "Unscented". A product may be in several or none."""

    id: int
    name: str
    description: str

    @classmethod
    def named(cls, *, id: int, name: str, description: str) -> Self:
        """A category as the owner writes it. Raises `Invalid` for a text that breaks the limits."""
        return cls(
            id=id,
            name=clean(name, "name", most=NAME_LENGTH),
            description=clean(
                description, "description", most=DESCRIPTION_LENGTH, least=0, lines=True
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A soap as a recipe and a story. It is sold as one of its variants.

    Once sold it can no longer be erased, only archived: gone from the shop, kept in the orders.
    """

    id: int
    slug: str
    name: str
    description: str
    long_description: str | None
    ingredients: tuple[str, ...]
    img_key: str | None
    archived: bool = False

    @classmethod
    def described(
        cls,
        *,
        id: int,
        name: str,
        description: str,
        ingredients: tuple[str, ...],
        long_description: str | None = None,
        img_key: str | None = None,
    ) -> Self:
        """A product as the owner writes it; its slug is made of its name and id, so it is unique.

        Raises `Invalid` for a text that breaks the limits, and for a picture that cannot be one.
        """
        if len(ingredients) > MOST_INGREDIENTS:
            raise Invalid.field("ingredients", f"at most {MOST_INGREDIENTS}")
        name = clean(name, "name", most=NAME_LENGTH)
        return cls(
            id=id,
            slug=slug(name, id),
            name=name,
            description=clean(
                description, "description", most=DESCRIPTION_LENGTH, least=0, lines=True
            ),
            long_description=optional(
                long_description, "long_description", most=DESCRIPTION_LENGTH, lines=True
            ),
            ingredients=tuple(
                clean(ingredient, f"ingredients[{place}]", most=INGREDIENT_LENGTH)
                for place, ingredient in enumerate(ingredients)
            ),
            img_key=check_picture_key(img_key, "img_key") if img_key else None,
        )

    def rewrite(self, written: Product) -> Product:
        """The product in the words of `written`, at its old address: one that was given out goes on
        working, whatever the name becomes."""
        return replace(written, slug=self.slug)

    def archive(self) -> Product:
        return replace(self, archived=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to buy a product: a size, perhaps a shape, and its price."""

    id: int
    product_id: int
    sku: str
    size: str
    shape: str | None
    img_key: str | None
    price: Money
    archived: bool = False

    @classmethod
    def offered(
        cls,
        *,
        id: int,
        product_id: int,
        size: str,
        price: Money,
        shape: str | None = None,
        img_key: str | None = None,
        sku: str | None = None,
    ) -> Self:
        """A variant as the owner offers it. Without a `sku` it gets one made of the two ids; those
        of that form are the shop's to give, so that the next one is never taken.

        Raises `Invalid` for a text that breaks the limits, and for a picture that cannot be one.
        """
        own = f"S{product_id:04d}-{id:04d}"
        if sku is not None and not _SKU.fullmatch(sku):
            raise Invalid.field("sku", "up to 40 of A-Z, 0-9, dot, dash and underscore")
        if sku is not None and sku != own and _MADE_SKU.fullmatch(sku):
            raise Invalid.field("sku", f"the shop itself gives those that look like {own}")
        return cls(
            id=id,
            product_id=product_id,
            sku=sku or own,
            size=clean(size, "size", most=SIZE_LENGTH),
            shape=optional(shape, "shape", most=SIZE_LENGTH),
            img_key=check_picture_key(img_key, "img_key") if img_key else None,
            price=price,
        )

    @property
    def label(self) -> str:
        """How it is told from its siblings: "100 g, heart"."""
        return f"{self.size}, {self.shape}" if self.shape else self.size

    def archive(self) -> Variant:
        return replace(self, archived=True)


def optional(value: str | None, field: str, *, most: int, lines: bool = False) -> str | None:
    """As `clean`, where nothing and blank both mean nothing."""
    return clean(value, field, most=most, least=0, lines=lines) or None if value else None


def slug(name: str, id: int) -> str:
    """`name` in plain letters for an address, with the id that keeps it unique: "oat-honey-12"."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_name)
    return "-".join([*words, str(id)])
