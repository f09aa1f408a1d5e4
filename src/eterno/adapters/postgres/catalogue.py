"""Categories, products and variants in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    BindParameter,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.batches import execute_for_each
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.mapping import (
    category_of,
    fields_of,
    product_of,
    product_row,
    variant_of,
    variant_row,
)
from eterno.application.ports.catalogue import Offer
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.errors import NotFound

_ID: BindParameter[int] = bindparam("id", type_=BigInteger)
_IDS = bindparam("ids", type_=ARRAY(BigInteger))
ALL_CATEGORIES = select(tables.categories).order_by(tables.categories.c.id)
ALL_PRODUCTS = (
    select(tables.products).where(~tables.products.c.archived).order_by(tables.products.c.id)
)
OFFERED = (
    select(
        tables.variants,
        tables.products.c.name.label("product_name"),
        tables.shelves.c.on_hand,
        tables.shelves.c.reserved,
        (tables.shelves.c.on_hand - tables.shelves.c.reserved).label("available"),
    )
    .join(tables.products, tables.products.c.id == tables.variants.c.product_id)
    .join(tables.shelves, tables.shelves.c.variant_id == tables.variants.c.id)
    .where(~tables.variants.c.archived, ~tables.products.c.archived)
)
# KEY SHARE is what the order's lines would ask for a moment later: nobody erases it in between.
_OFFERS = Prebuilt(
    OFFERED.where(tables.variants.c.id == func.any(_IDS)).with_for_update(
        read=True, key_share=True, of=tables.variants
    )
)

# NO KEY UPDATE keeps other changes away, but not buyers, whose order lines refer to the row.
_HOLD_CATEGORIES = ALL_CATEGORIES.where(tables.categories.c.id == func.any(_IDS)).with_for_update(
    key_share=True
)
_HOLD_PRODUCT = ALL_PRODUCTS.where(tables.products.c.id == _ID).with_for_update(key_share=True)
_SHOWN_VARIANTS = (
    select(tables.variants).where(~tables.variants.c.archived).order_by(tables.variants.c.id)
)
_HOLD_VARIANT = _SHOWN_VARIANTS.where(tables.variants.c.id == _ID).with_for_update(key_share=True)
_HOLD_VARIANT_OF = _HOLD_VARIANT.where(tables.variants.c.product_id == bindparam("of"))
_HOLD_VARIANTS_OF = _SHOWN_VARIANTS.where(
    tables.variants.c.product_id == bindparam("of")
).with_for_update(key_share=True)
_IS_NAMED = select(
    or_(
        exists().where(tables.order_lines.c.variant_id == _ID),
        exists().where(tables.stock_movements.c.variant_id == _ID),
    )
)
_KEEP_BUYERS_AWAY = (
    select(tables.variants.c.id).where(tables.variants.c.id == _ID).with_for_update()
)
_REMOVE_PRODUCT = (
    delete(tables.products)
    .where(
        tables.products.c.id == _ID,
        ~exists().where(tables.variants.c.product_id == tables.products.c.id),
    )
    .returning(tables.products.c.id)
)
_CATEGORIES_OF = ALL_CATEGORIES.join(
    tables.product_categories,
    tables.product_categories.c.category_id == tables.categories.c.id,
).where(tables.product_categories.c.product_id == _ID)
_UNASSIGN = delete(tables.product_categories).where(
    tables.product_categories.c.product_id == _ID,
    tables.product_categories.c.category_id == func.any(_IDS),
)


class PostgresCategories:
    def __init__(self, line: Line) -> None:
        self._line = line

    def next_id(self) -> int:
        return next_id(self._line, "categories")

    def add(self, category: Category) -> None:
        self._line.execute(insert(tables.categories), fields_of(category))

    def all(self) -> Sequence[Category]:
        return [category_of(row) for row in self._line.execute(ALL_CATEGORIES)]

    def hold(self, ids: Iterable[int]) -> Sequence[Category]:
        wanted = sorted(set(ids))
        rows = self._line.execute(_HOLD_CATEGORIES, {"ids": wanted})
        found = {row.id: category_of(row) for row in rows}
        for id in wanted:
            if id not in found:
                raise NotFound("Category", id)
        return list(found.values())

    def save(self, category: Category) -> None:
        categories = tables.categories
        self._line.execute(
            update(categories).where(categories.c.id == category.id), fields_of(category)
        )

    def remove(self, id: int) -> None:
        self._line.execute(delete(tables.categories).where(tables.categories.c.id == id))


class PostgresProducts:
    def __init__(self, line: Line) -> None:
        self._line = line

    def next_id(self) -> int:
        return next_id(self._line, "products")

    def add(self, product: Product, categories: Iterable[int] = ()) -> None:
        self._line.execute(insert(tables.products), product_row(product))
        rows = [{"product_id": product.id, "category_id": id} for id in categories]
        execute_for_each(self._line, insert(tables.product_categories), rows)

    def all(self) -> Sequence[Product]:
        return [product_of(row) for row in self._line.execute(ALL_PRODUCTS)]

    def hold(self, id: int) -> Product:
        row = self._line.execute(_HOLD_PRODUCT, {"id": id}).one_or_none()
        if row is None:
            raise NotFound("Product", id)
        return product_of(row)

    def save(self, product: Product) -> None:
        products = tables.products
        self._line.execute(
            update(products).where(products.c.id == product.id), product_row(product)
        )

    def remove(self, id: int) -> bool:
        return self._line.execute(_REMOVE_PRODUCT, {"id": id}).one_or_none() is not None

    def categories_of(self, id: int) -> Sequence[Category]:
        return [category_of(row) for row in self._line.execute(_CATEGORIES_OF, {"id": id})]

    def assign(self, id: int, categories: Iterable[int]) -> None:
        rows = [{"product_id": id, "category_id": category} for category in categories]
        statement = upsert(tables.product_categories).on_conflict_do_nothing()
        execute_for_each(self._line, statement, rows)

    def unassign(self, id: int, categories: Iterable[int]) -> None:
        self._line.execute(_UNASSIGN, {"id": id, "ids": list(categories)})


class PostgresVariants:
    def __init__(self, line: Line) -> None:
        self._line = line

    def next_id(self) -> int:
        return next_id(self._line, "variants")

    def add(self, variant: Variant) -> None:
        self._line.execute(insert(tables.variants), variant_row(variant))

    def offers(self, ids: Iterable[int]) -> Mapping[int, Offer]:
        rows = self._line.execute(_OFFERS, {"ids": list(ids)})
        return {
            row.id: Offer(
                variant=variant_of(row), product_name=row.product_name, available=row.available
            )
            for row in rows
        }

    def hold(self, id: int, *, of: int | None = None) -> Variant:
        question = _HOLD_VARIANT if of is None else _HOLD_VARIANT_OF
        row = self._line.execute(question, {"id": id, "of": of}).one_or_none()
        if row is None:
            raise NotFound("ProductVariant", id)
        return variant_of(row)

    def hold_all(self, of: int) -> Sequence[Variant]:
        rows = self._line.execute(_HOLD_VARIANTS_OF, {"of": of})
        return [variant_of(row) for row in rows]

    def save(self, variant: Variant) -> None:
        variants = tables.variants
        self._line.execute(
            update(variants).where(variants.c.id == variant.id), variant_row(variant)
        )

    def remove(self, id: int) -> bool:
        if self._is_named(id):
            return False
        # From here on no order can begin to name it; one that was quicker is seen now.
        self._line.execute(_KEEP_BUYERS_AWAY, {"id": id})
        if self._is_named(id):
            return False
        self._line.execute(delete(tables.variants).where(tables.variants.c.id == id))
        return True

    def _is_named(self, id: int) -> bool:
        return bool(self._line.execute(_IS_NAMED, {"id": id}).scalar_one())


def next_id(line: Line, table: str) -> int:
    """The id that the table's identity column would give next, taken for good."""
    sequence = func.pg_get_serial_sequence(table, "id")
    return int(line.execute(select(func.nextval(sequence, type_=BigInteger))).scalar_one())
