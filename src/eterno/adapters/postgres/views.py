"""Reading without rules, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

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
    or_,
    select,
    text,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import ALL_CATEGORIES, ALL_PRODUCTS, OFFERED
from eterno.adapters.postgres.grouping import grouped
from eterno.adapters.postgres.history import TIMELINE, event_of
from eterno.adapters.postgres.mapping import (
    audit_entry_of,
    category_of,
    message_of,
    order_of,
    product_of,
    variant_of,
)
from eterno.adapters.postgres.order_search import found_by
from eterno.adapters.postgres.queues import SHOWN_TASKS, shown_task, standing
from eterno.adapters.postgres.refunds import OF_ORDER, refund_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.text import can_be_kept
from eterno.application.ports.views import (
    OrderQuery,
    Page,
    Pulse,
    ShownEntry,
    ShownProduct,
    ShownTask,
    ShownVariant,
    Sort,
    Wanted,
    search_terms,
)
from eterno.domain.catalog import Category, Product
from eterno.domain.contact import Message
from eterno.domain.errors import NotFound
from eterno.domain.history import OrderEvent
from eterno.domain.money import MOST_MINOR_UNITS
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund

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
_PRODUCTS_IN = ALL_PRODUCTS.join(
    tables.product_categories, tables.product_categories.c.product_id == tables.products.c.id
).where(tables.product_categories.c.category_id == bindparam("id"))

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


_PULSE = text("""
    SELECT (SELECT coalesce(sum(reserved), 0) FROM shelves) AS held_units,
           (SELECT count(*) FROM orders WHERE state = 'awaiting') AS awaiting,
           count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
           count(*) FILTER (WHERE is_due) AS due,
           coalesce(now() - min(due_at) FILTER (WHERE is_due), interval '0') AS oldest_due
    FROM (
        SELECT due_at, dead_at,
               dead_at IS NULL AND due_at <= now()
               AND (leased_until IS NULL OR leased_until <= now()) AS is_due
        FROM outbox WHERE done_at IS NULL
    ) AS undone
""")


class PostgresShopWindow:
    """Three statements for any number of products: products, their variants, their categories."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def products(self) -> Sequence[ShownProduct]:
        with self._store.look() as connection:
            return _shown(connection, connection.execute(ALL_PRODUCTS))

    def page(self, wanted: Wanted) -> Page:
        with self._store.look() as connection:
            found = connection.execute(question_for(wanted)).all()
            shown = _shown(connection, found[: wanted.most])
        return Page(products=shown, more=len(found) > wanted.most)

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
        return ShownVariant(variant=variant_of(row), available=row.available)

    def categories(self) -> Sequence[Category]:
        with self._store.look() as connection:
            return [category_of(row) for row in connection.execute(ALL_CATEGORIES)]

    def category(self, id: int) -> tuple[Category, Sequence[ShownProduct]]:
        with self._store.look() as connection:
            row = connection.execute(_ONE_CATEGORY, {"id": id}).one_or_none()
            if row is None:
                raise NotFound("Category", id)
            shown = _shown(connection, connection.execute(_PRODUCTS_IN, {"id": id}))
            return category_of(row), shown

    def pictures(self, prefix: str, *, most: int) -> Sequence[str]:
        if not can_be_kept(prefix):
            return []
        with self._store.look() as connection:
            rows = connection.execute(_PICTURES, {"prefix": prefix, "most": most})
            return list(rows.scalars())


class PostgresShopPulse:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def feel(self) -> Pulse:
        with self._store.look() as connection:
            return Pulse(**connection.execute(_PULSE).one()._mapping)


class PostgresOrderDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def latest(self, *, state: OrderState | None = None, most: int = 50) -> Sequence[Order]:
        question = select(tables.orders).order_by(tables.orders.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(tables.orders.c.state == state.value)
        return read_orders(self._store, question)

    def find(self, name: str) -> Order:
        question = select(tables.orders).where(_named(name))
        found = read_orders(self._store, question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def search(self, query: OrderQuery) -> Sequence[Order]:
        if not can_be_kept(query.text):
            return ()
        return read_orders(self._store, found_by(query))

    def by_token(self, token: str) -> Order:
        return self._only(tables.orders.c.token, token)

    def by_session(self, session_id: str) -> Order:
        return self._only(tables.orders.c.session_id, session_id)

    def refunds(self, order_id: UUID) -> Sequence[Refund]:
        with self._store.look() as connection:
            return [refund_of(row) for row in connection.execute(OF_ORDER, {"order": order_id})]

    def _only(self, column: ColumnElement[str], name: str) -> Order:
        question = select(tables.orders).where(column == name)
        found = read_orders(self._store, question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def timeline(self, order_id: UUID) -> Sequence[OrderEvent]:
        with self._store.look() as connection:
            return [event_of(row) for row in connection.execute(TIMELINE, {"order": order_id})]


class PostgresOutboxDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def tasks(
        self, *, state: str | None = None, after: UUID | None = None, most: int = 50
    ) -> Sequence[ShownTask]:
        question = SHOWN_TASKS.order_by(tables.outbox.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(standing == state)
        if after is not None:
            question = question.where(tables.outbox.c.id < after)
        with self._store.look() as connection:
            return [shown_task(row) for row in connection.execute(question)]


class PostgresMessageDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def latest(self, *, after: UUID | None = None, most: int = 50) -> Sequence[Message]:
        messages = tables.messages
        question = select(messages).order_by(messages.c.id.desc()).limit(most)
        if after is not None:
            question = question.where(messages.c.id < after)
        with self._store.look() as connection:
            return [message_of(row) for row in connection.execute(question)]


class PostgresAuditDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def entries(
        self, *, subject: str | None = None, below: int | None = None, most: int = 50
    ) -> Sequence[ShownEntry]:
        audit = tables.audit_entries
        question = select(audit).order_by(audit.c.id.desc()).limit(most)
        if subject is not None:
            if not can_be_kept(subject):
                return []
            question = question.where(audit.c.subject == subject)
        if below is not None:
            question = question.where(audit.c.id < below)
        with self._store.look() as connection:
            return [
                ShownEntry(id=row.id, entry=audit_entry_of(row))
                for row in connection.execute(question)
            ]


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


def read_orders(store: PostgresStore, question: Select[Any]) -> Sequence[Order]:
    """The orders that a question over their table is about, with their lines: two statements."""
    lines = tables.order_lines
    with store.look() as connection:
        rows = connection.execute(question).all()
        of_order = grouped(
            connection.execute(
                select(lines)
                .where(lines.c.order_id.in_([row.id for row in rows]))
                .order_by(lines.c.variant_id)
            ),
            lambda line: line.order_id,
        )
        return [order_of(row, of_order[row.id]) for row in rows]


def _shown(connection: Connection, rows: Iterable[Row[Any]]) -> list[ShownProduct]:
    products: list[Product] = [product_of(row) for row in rows]
    ids = {"ids": [product.id for product in products]}
    variants = grouped(connection.execute(_VARIANTS_OF, ids), lambda row: row.product_id)
    categories = grouped(connection.execute(_CATEGORIES_OF, ids), lambda row: row.product_id)
    return [
        ShownProduct(
            product=product,
            variants=tuple(
                ShownVariant(variant=variant_of(row), available=row.available)
                for row in variants[product.id]
            ),
            categories=tuple(category_of(row) for row in categories[product.id]),
        )
        for product in products
    ]


def _named(name: str) -> ColumnElement[bool]:
    orders = tables.orders
    if name.isascii() and name.isdigit() and len(name) < 19:
        return orders.c.number == int(name)
    try:
        return or_(orders.c.token == name, orders.c.id == UUID(name))
    except ValueError:
        return orders.c.token == name
