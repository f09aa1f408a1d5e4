"""The catalogue, within one work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from eterno.domain.catalog import Category, Product, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A variant that can be bought now, with all that an order line must remember."""

    variant: Variant
    product_name: str
    available: int


class Categories(Protocol):
    def next_id(self) -> int: ...
    def add(self, category: Category) -> None: ...
    def all(self) -> Sequence[Category]:
        """Every category, by id."""
        ...


class Products(Protocol):
    def next_id(self) -> int: ...
    def add(self, product: Product, categories: Iterable[int] = ()) -> None: ...
    def all(self) -> Sequence[Product]:
        """Every product that is not archived, by id."""
        ...


class Variants(Protocol):
    def next_id(self) -> int: ...
    def add(self, variant: Variant) -> None:
        """Raises `AlreadyThere` for a SKU in use."""
        ...

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        """Those among `ids` that can be bought: archived and unknown ones are missing.

        `available` is a look, not a promise: see `Shelves.hold`.
        """
        ...
