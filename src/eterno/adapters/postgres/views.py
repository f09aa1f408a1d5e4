"""Reading without rules, in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    bindparam,
    case,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import ALL_CATEGORIES, ALL_PRODUCTS, OFFERED
from eterno.adapters.postgres.history import TIMELINE, event_of
from eterno.adapters.postgres.mapping import (
    audit_entry_of,
    category_of,
    message_of,
    order_of,
    product_of,
    variant_of,
)
from eterno.adapters.postgres.refunds import OF_ORDER, refund_of
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.text import can_be_kept
from eterno.application.ports.views import (
    OrderQuery,
    ShownEntry,
    ShownProduct,
    ShownTask,
    ShownVariant,
)
from eterno.domain.catalog import Category, Product
from eterno.domain.contact import Message
from eterno.domain.errors import NotFound
from eterno.domain.history import OrderEvent
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund
from eterno.domain.search import words_in

_SEARCHED = type_coerce(tables.orders.c.search_words, ARRAY(Text))
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


class PostgresShopWindow:
    """Three statements for any number of products: products, their variants, their categories."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def products(self) -> Sequence[ShownProduct]:
        with self._store.look() as connection:
            return _shown(connection, connection.execute(ALL_PRODUCTS))

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


class PostgresOrderDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def latest(self, *, state: OrderState | None = None, most: int = 50) -> Sequence[Order]:
        question = select(tables.orders).order_by(tables.orders.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(tables.orders.c.state == state.value)
        return self._orders(question)

    def find(self, name: str) -> Order:
        question = select(tables.orders).where(_named(name))
        found = self._orders(question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def search(self, query: OrderQuery) -> Sequence[Order]:
        if not can_be_kept(query.text):
            return ()
        orders = tables.orders
        place = tuple_(orders.c.created_at, orders.c.id)
        question = select(orders).order_by(orders.c.created_at.desc(), orders.c.id.desc())
        if query.state is not None:
            question = question.where(orders.c.state == query.state.value)
        if query.since is not None:
            question = question.where(orders.c.created_at >= query.since)
        if query.until is not None:
            question = question.where(orders.c.created_at < query.until)
        if query.after is not None:
            last = orders.alias("last")
            question = question.where(
                place
                < select(last.c.created_at, last.c.id)
                .where(last.c.id == query.after)
                .scalar_subquery()
            )
        if words := words_in(query.text):
            question = question.where(_SEARCHED.contains(sorted(words)))
        return self._orders(question.limit(query.most))

    def by_token(self, token: str) -> Order:
        return self._only(tables.orders.c.token, token)

    def by_session(self, session_id: str) -> Order:
        return self._only(tables.orders.c.session_id, session_id)

    def refunds(self, order_id: UUID) -> Sequence[Refund]:
        with self._store.look() as connection:
            return [refund_of(row) for row in connection.execute(OF_ORDER, {"order": order_id})]

    def _only(self, column: ColumnElement[str], name: str) -> Order:
        question = select(tables.orders).where(column == name)
        found = self._orders(question) if can_be_kept(name) else ()
        if not found:
            raise NotFound("Order", name)
        return found[0]

    def timeline(self, order_id: UUID) -> Sequence[OrderEvent]:
        with self._store.look() as connection:
            return [event_of(row) for row in connection.execute(TIMELINE, {"order": order_id})]

    def _orders(self, question: Select[Any]) -> Sequence[Order]:
        lines = tables.order_lines
        with self._store.look() as connection:
            rows = connection.execute(question).all()
            of_order = _grouped(
                connection.execute(
                    select(lines)
                    .where(lines.c.order_id.in_([row.id for row in rows]))
                    .order_by(lines.c.variant_id)
                ),
                lambda line: line.order_id,
            )
            return [order_of(row, of_order[row.id]) for row in rows]


class PostgresOutboxDesk:
    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def tasks(self, *, state: str | None = None, most: int = 50) -> Sequence[ShownTask]:
        outbox = tables.outbox
        standing = case(
            (outbox.c.done_at.is_not(None), "done"),
            (outbox.c.dead_at.is_not(None), "dead"),
            (outbox.c.leased_until > func.now(), "leased"),
            else_="due",
        )
        question = select(outbox, standing.label("state")).order_by(outbox.c.id.desc()).limit(most)
        if state is not None:
            question = question.where(standing == state)
        with self._store.look() as connection:
            return [
                ShownTask(
                    id=row.id,
                    reaction=row.reaction,
                    state=row.state,
                    attempts=row.attempts,
                    created_at=row.created_at,
                    due_at=row.due_at,
                    error=row.error,
                )
                for row in connection.execute(question)
            ]


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


def _shown(connection: Connection, rows: Iterable[Row[Any]]) -> list[ShownProduct]:
    products: list[Product] = [product_of(row) for row in rows]
    ids = {"ids": [product.id for product in products]}
    variants = _grouped(connection.execute(_VARIANTS_OF, ids), lambda row: row.product_id)
    categories = _grouped(connection.execute(_CATEGORIES_OF, ids), lambda row: row.product_id)
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


def _grouped(
    rows: Iterable[Row[Any]], key: Callable[[Row[Any]], Any]
) -> Mapping[Any, list[Row[Any]]]:
    groups: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def _named(name: str) -> ColumnElement[bool]:
    orders = tables.orders
    if name.isascii() and name.isdigit() and len(name) < 19:
        return orders.c.number == int(name)
    try:
        return or_(orders.c.token == name, orders.c.id == UUID(name))
    except ValueError:
        return orders.c.token == name
