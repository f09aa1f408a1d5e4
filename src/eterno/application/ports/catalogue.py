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

    def hold(self, ids: Iterable[int]) -> Sequence[Category]:
        """The categories of these ids, by id, kept from everybody else until this work ends.

        Raises `NotFound` for the first that does not exist.
        """
        ...

    def save(self, category: Category) -> None:
        """Write what has changed of a category that this work holds."""
        ...

    def remove(self, id: int) -> None:
        """Erase a category that this work holds. The products that were in it stay."""
        ...


class Products(Protocol):
    def next_id(self) -> int: ...
    def add(self, product: Product, categories: Iterable[int] = ()) -> None: ...
    def all(self) -> Sequence[Product]:
        """Every product that is not archived, by id."""
        ...

    def hold(self, id: int) -> Product:
        """The product, kept from everybody else until this work ends. Buying goes on meanwhile.

        Raises `NotFound`, for an archived one too.
        """
        ...

    def save(self, product: Product) -> None:
        """Write what has changed of a product that this work holds."""
        ...

    def remove(self, id: int) -> bool:
        """Erase a product that this work holds, unless one of its variants is still there; whether
        it was erased."""
        ...

    def categories_of(self, id: int) -> Sequence[Category]:
        """Those that the product is in, by id."""
        ...

    def assign(self, id: int, categories: Iterable[int]) -> None:
        """Put a product that this work holds into categories that it holds too; being in one
        already is fine."""
        ...

    def unassign(self, id: int, categories: Iterable[int]) -> None:
        """Take it out of these categories; not being in one is fine."""
        ...


class Variants(Protocol):
    def next_id(self) -> int: ...
    def add(self, variant: Variant) -> None:
        """Raises `AlreadyThere` for a SKU in use."""
        ...

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        """Those among `ids` that can be bought: archived and unknown ones are missing.

        `available` is a look, not a promise: see `Shelves.hold`. But none of them is erased until
        this work ends.
        """
        ...

    def hold(self, id: int, *, of: int | None = None) -> Variant:
        """The variant, kept from everybody else until this work ends. Buying goes on meanwhile.

        Raises `NotFound`, also for an archived one and for one that is not of the product `of`.
        """
        ...

    def hold_all(self, of: int) -> Sequence[Variant]:
        """As `hold`, all of the product `of` that are not archived, by id."""
        ...

    def save(self, variant: Variant) -> None:
        """Write what has changed of a variant that this work holds.

        Raises `AlreadyThere` for a SKU in use.
        """
        ...

    def remove(self, id: int) -> bool:
        """Erase a variant that this work holds, with its shelf, unless an order or the stock ledger
        names it; whether it was erased."""
        ...
