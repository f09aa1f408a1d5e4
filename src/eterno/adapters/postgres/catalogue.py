"""Categories, products and variants in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import BigInteger, Connection, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import execute_for_each
from eterno.adapters.postgres.mapping import (
    category_of,
    product_of,
    product_row,
    variant_of,
    variant_row,
)
from eterno.application.ports.catalogue import Offer
from eterno.domain.catalog import Category, Product, Variant

ALL_CATEGORIES = select(tables.categories).order_by(tables.categories.c.id)
ALL_PRODUCTS = (
    select(tables.products).where(~tables.products.c.archived).order_by(tables.products.c.id)
)
_OFFERS = (
    select(
        tables.variants,
        tables.products.c.name.label("product_name"),
        (tables.shelves.c.on_hand - tables.shelves.c.reserved).label("available"),
    )
    .join(tables.products, tables.products.c.id == tables.variants.c.product_id)
    .join(tables.shelves, tables.shelves.c.variant_id == tables.variants.c.id)
    .where(
        tables.variants.c.id == func.any(bindparam("ids", type_=ARRAY(BigInteger))),
        ~tables.variants.c.archived,
        ~tables.products.c.archived,
    )
)


class PostgresCategories:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_id(self) -> int:
        return next_id(self._connection, "categories")

    def add(self, category: Category) -> None:
        self._connection.execute(insert(tables.categories), asdict(category))

    def all(self) -> Sequence[Category]:
        return [category_of(row) for row in self._connection.execute(ALL_CATEGORIES)]


class PostgresProducts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_id(self) -> int:
        return next_id(self._connection, "products")

    def add(self, product: Product, categories: Iterable[int] = ()) -> None:
        self._connection.execute(insert(tables.products), product_row(product))
        rows = [{"product_id": product.id, "category_id": id} for id in categories]
        execute_for_each(self._connection, insert(tables.product_categories), rows)

    def all(self) -> Sequence[Product]:
        return [product_of(row) for row in self._connection.execute(ALL_PRODUCTS)]


class PostgresVariants:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_id(self) -> int:
        return next_id(self._connection, "variants")

    def add(self, variant: Variant) -> None:
        self._connection.execute(insert(tables.variants), variant_row(variant))

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        rows = self._connection.execute(_OFFERS, {"ids": list(ids)})
        return {
            row.id: Offer(
                variant=variant_of(row), product_name=row.product_name, available=row.available
            )
            for row in rows
        }


def next_id(connection: Connection, table: str) -> int:
    """The id that the table's identity column would give next, taken for good."""
    sequence = func.pg_get_serial_sequence(table, "id")
    return connection.execute(select(func.nextval(sequence, type_=BigInteger))).scalar_one()
