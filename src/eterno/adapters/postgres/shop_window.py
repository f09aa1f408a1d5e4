"""The shop window, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    bindparam,
    collate,
    exists,
    func,
    select,
    text,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import ALL_CATEGORIES, ALL_PRODUCTS, OFFERED
from eterno.adapters.postgres.grouping import grouped
from eterno.adapters.postgres.mapping import category_of, product_of, variant_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.text import can_be_kept
from eterno.application.ports.views import (
    LARGEST_PAGE,
    Glance,
    Page,
    ShownProduct,
    ShownVariant,
    Sort,
    Wanted,
    search_terms,
)
from eterno.domain.catalog import Category, Product
from eterno.domain.errors import NotFound
from eterno.domain.money import MOST_MINOR_UNITS

products, variants = tables.products, tables.variants

_SIMPLE = text("'simple'")
_WORDS = func.product_words(
    products.c.name, products.c.description, products.c.long_description, products.c.ingredients
)
"""As the index on them has it."""
_IDS = bindparam("ids", type_=ARRAY(BigInteger))
_KEPT_VARIANTS = select(
    tables.variants,
    (tables.shelves.c.on_hand - tables.shelves.c.reserved).label("available"),
).join(tables.shelves, tables.shelves.c.variant_id == tables.variants.c.id)
"""Archived ones too."""
_VARIANTS_OF = _KEPT_VARIANTS.where(
    tables.variants.c.product_id == func.any(_IDS), ~tables.variants.c.archived
).order_by(tables.variants.c.id)
_THAT_ONE = (
    tables.variants.c.id == bindparam("id"),
    tables.variants.c.product_id == bindparam("of"),
)
_ONE_VARIANT = OFFERED.where(*_THAT_ONE)
_ONE_KEPT_VARIANT = _KEPT_VARIANTS.where(*_THAT_ONE)
_CATEGORIES_OF = (
    select(tables.categories, tables.product_categories.c.product_id)
    .join(
        tables.product_categories,
        tables.product_categories.c.category_id == tables.categories.c.id,
    )
    .where(tables.product_categories.c.product_id == func.any(_IDS))
    .order_by(tables.categories.c.id)
)
_SOME_PRODUCTS = ALL_PRODUCTS.where(tables.products.c.id == func.any(_IDS))
_ONE_PRODUCT = ALL_PRODUCTS.where(tables.products.c.id == bindparam("id"))
_ONE_CATEGORY = select(tables.categories).where(tables.categories.c.id == bindparam("id"))
_COUNTS = select(
    select(func.count()).where(~products.c.archived).scalar_subquery().label("products"),
    select(func.count())
    .select_from(variants.join(products, products.c.id == variants.c.product_id))
    .where(~variants.c.archived, ~products.c.archived)
    .scalar_subquery()
    .label("variants"),
)
_EXAMPLE = (
    OFFERED.where(tables.shelves.c.on_hand - tables.shelves.c.reserved > 1)
    .order_by(variants.c.id)
    .limit(1)
)

_SHOWN_PICTURES = union(
    select(tables.products.c.img_key).where(~tables.products.c.archived),
    select(tables.variants.c.img_key)
    .join(tables.products, tables.products.c.id == tables.variants.c.product_id)
    .where(~tables.variants.c.archived, ~tables.products.c.archived),
).subquery()
_PICTURES = (
    select(_SHOWN_PICTURES.c.img_key)
    .where(func.starts_with(_SHOWN_PICTURES.c.img_key, bindparam("prefix")))
    .order_by(_SHOWN_PICTURES.c.img_key.collate("C"))
    .limit(bindparam("most"))
)


class PostgresShopWindow:
    """Three statements for any number of products: products, their variants, their categories."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def products(self) -> Sequence[ShownProduct]:
        with self._store.look() as connection:
            return _shown(connection, connection.execute(ALL_PRODUCTS))

    def page(self, wanted: Wanted) -> Page:
        with self._store.look() as connection:
            return _page(connection, wanted)

    def product(self, id: int) -> ShownProduct:
        with self._store.look() as connection:
            shown = _shown(connection, connection.execute(_ONE_PRODUCT, {"id": id}))
        if not shown:
            raise NotFound("Product", id)
        return shown[0]

    def variant(self, id: int, *, of: int, even_archived: bool = False) -> ShownVariant:
        question = _ONE_KEPT_VARIANT if even_archived else _ONE_VARIANT
        with self._store.look() as connection:
            row = connection.execute(question, {"id": id, "of": of}).one_or_none()
        if row is None:
            raise NotFound("ProductVariant", id)
        return _shown_variant(row)

    def categories(self) -> Sequence[Category]:
        with self._store.look() as connection:
            return [category_of(row) for row in connection.execute(ALL_CATEGORIES)]

    def category(self, id: int, *, most: int = LARGEST_PAGE) -> tuple[Category, Page]:
        with self._store.look() as connection:
            row = connection.execute(_ONE_CATEGORY, {"id": id}).one_or_none()
            if row is None:
                raise NotFound("Category", id)
            return category_of(row), _page(connection, Wanted(category=id, most=most))

    def glance(self) -> Glance:
        with self._store.look() as connection:
            counts = connection.execute(_COUNTS).one()
            row = connection.execute(_EXAMPLE).one_or_none()
        return Glance(
            products=counts.products,
            variants=counts.variants,
            example=None if row is None else _shown_variant(row),
        )

    def pictures(self, prefix: str, *, most: int) -> Sequence[str]:
        if not can_be_kept(prefix):
            return []
        with self._store.look() as connection:
            rows = connection.execute(_PICTURES, {"prefix": prefix, "most": most})
            return list(rows.scalars())


def _page(connection: Connection, wanted: Wanted) -> Page:
    found = connection.execute(question_for(wanted)).all()
    shown = _shown(connection, found[: wanted.most])
    return Page(products=shown, more=len(found) > wanted.most)


def question_for(wanted: Wanted) -> Select[Any]:
    """A page's products, and one more if there is one."""
    question = select(products).where(*_wanted(wanted)).order_by(*_order(wanted.sort))
    return question.limit(wanted.most + 1)


def _wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield ~products.c.archived
    if words := search_terms(wanted.text):
        searched = " & ".join(f"{word}:*" for word in words)
        yield _WORDS.op("@@")(func.to_tsquery(_SIMPLE, searched))
    if wanted.category is not None:
        member = tables.product_categories.c
        yield exists().where(
            member.product_id == products.c.id, member.category_id == wanted.category
        )
    if wanted.in_stock:
        shelf = tables.shelves.c
        yield exists().where(
            variants.c.product_id == products.c.id,
            ~variants.c.archived,
            shelf.variant_id == variants.c.id,
            shelf.on_hand > shelf.reserved,
        )
    if wanted.after is not None:
        if wanted.sort is Sort.NEWEST:
            yield products.c.id < wanted.after
        elif wanted.sort is Sort.ID:
            yield products.c.id > wanted.after
        else:
            start = products.alias("start")
            after = select(*_place(start, wanted.sort)).where(start.c.id == wanted.after)
            yield tuple_(*_place(products, wanted.sort)) > after.scalar_subquery()


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    return (products.c.id.desc(),) if sort is Sort.NEWEST else _place(products, sort)


def _place(of: FromClause, sort: Sort) -> tuple[ColumnElement[Any], ...]:
    """What a product is ordered by, rising."""
    if sort is Sort.NAME:
        return (collate(of.c.name, "C"), of.c.id)
    if sort is Sort.PRICE:
        cheapest = select(func.min(variants.c.price)).where(
            variants.c.product_id == of.c.id, ~variants.c.archived
        )
        return (func.coalesce(cheapest.scalar_subquery(), MOST_MINOR_UNITS), of.c.id)
    return (of.c.id,)


def shown_products(connection: Connection, ids: Sequence[int]) -> Sequence[ShownProduct]:
    """Those of them that are shown, by id."""
    return _shown(connection, connection.execute(_SOME_PRODUCTS, {"ids": list(ids)}))


def _shown(connection: Connection, rows: Iterable[Row[Any]]) -> list[ShownProduct]:
    products: list[Product] = [product_of(row) for row in rows]
    ids = {"ids": [product.id for product in products]}
    variants = grouped(connection.execute(_VARIANTS_OF, ids), lambda row: row.product_id)
    categories = grouped(connection.execute(_CATEGORIES_OF, ids), lambda row: row.product_id)
    return [
        ShownProduct(
            product=product,
            variants=tuple(map(_shown_variant, variants[product.id])),
            categories=tuple(category_of(row) for row in categories[product.id]),
        )
        for product in products
    ]


def _shown_variant(row: Row[Any]) -> ShownVariant:
    return ShownVariant(variant=variant_of(row), available=row.available)
