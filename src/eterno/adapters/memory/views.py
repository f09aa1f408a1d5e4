"""Looking without asking for a turn: each view reads what was committed last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from eterno.adapters.memory.outbox import shown_task
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Tables
from eterno.application.ports.store import StoreUnavailable
from eterno.application.ports.views import (
    LARGEST_PAGE,
    Glance,
    OrderQuery,
    Page,
    Pulse,
    ShownEntry,
    ShownMovement,
    ShownProduct,
    ShownTask,
    ShownVariant,
    Sort,
    StockLine,
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
from eterno.domain.search import words_in, words_of


class MemoryShopWindow:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def products(self) -> Sequence[ShownProduct]:
        return _shown(self._store.tables, self._store.tables.products.values())

    def page(self, wanted: Wanted) -> Page:
        found = [shown for shown in self.products() if _is_wanted(shown, wanted)]
        found.sort(key=lambda shown: _place(shown, wanted.sort))
        if wanted.after is not None:
            start = self._start(wanted.sort, wanted.after)
            found = [s for s in found if start and _place(s, wanted.sort) > start]
        return Page(products=found[: wanted.most], more=len(found) > wanted.most)

    def product(self, id: int) -> ShownProduct:
        for shown in self.products():
            if shown.product.id == id:
                return shown
        raise NotFound("Product", id)

    def variant(self, id: int, *, of: int, even_archived: bool = False) -> ShownVariant:
        if even_archived:
            return self._kept_variant(id, of)
        for product in self.products():
            for shown in product.variants:
                if (shown.variant.id, product.product.id) == (id, of):
                    return shown
        raise NotFound("ProductVariant", id)

    def _kept_variant(self, id: int, of: int) -> ShownVariant:
        tables = self._store.tables
        variant = tables.variants.get(id)
        if variant is None or variant.product_id != of:
            raise NotFound("ProductVariant", id)
        return ShownVariant(variant=variant, available=tables.shelves[id].available)

    def _start(self, sort: Sort, after: int) -> tuple[int | str, int] | None:
        if sort in (Sort.ID, Sort.NEWEST):
            return (after, after) if sort is Sort.ID else (-after, -after)
        places = (_place(s, sort) for s in self.products() if s.product.id == after)
        return next(places, None)

    def categories(self) -> Sequence[Category]:
        return _by_id(self._store.tables.categories.values())

    def category(self, id: int, *, most: int = LARGEST_PAGE) -> tuple[Category, Page]:
        categories = self._store.tables.categories
        if id not in categories:
            raise NotFound("Category", id)
        return categories[id], self.page(Wanted(category=id, most=most))

    def glance(self) -> Glance:
        products = self.products()
        variants = [variant for shown in products for variant in shown.variants]
        variants.sort(key=lambda shown: shown.variant.id)
        example = next((shown for shown in variants if shown.available > 1), None)
        return Glance(products=len(products), variants=len(variants), example=example)

    def pictures(self, prefix: str, *, most: int) -> Sequence[str]:
        keys = (
            key
            for product in self.products()
            for key in (
                product.product.img_key,
                *(shown.variant.img_key for shown in product.variants),
            )
        )
        return sorted({key for key in keys if key and key.startswith(prefix)})[:most]


def _is_wanted(shown: ShownProduct, wanted: Wanted) -> bool:
    product = shown.product
    texts = (product.name, product.description, product.long_description, *product.ingredients)
    words = [word for text in texts for word in search_terms(text or "")]
    return (
        all(
            any(w.startswith(wanted_word) for w in words)
            for wanted_word in search_terms(wanted.text)
        )
        and (wanted.category is None or wanted.category in {each.id for each in shown.categories})
        and (not wanted.in_stock or any(each.available for each in shown.variants))
    )


def _place(shown: ShownProduct, sort: Sort) -> tuple[int | str, int]:
    id = shown.product.id
    match sort:
        case Sort.ID:
            return (id, id)
        case Sort.NEWEST:
            return (-id, -id)
        case Sort.NAME:
            return (shown.product.name, id)
        case Sort.PRICE:
            prices = (each.variant.price.minor for each in shown.variants)
            return (min(prices, default=MOST_MINOR_UNITS), id)


def _shown(tables: Tables, products: Iterable[Product]) -> list[ShownProduct]:
    return [
        ShownProduct(
            product=product,
            variants=tuple(
                ShownVariant(variant=variant, available=tables.shelves[id].available)
                for id, variant in sorted(tables.variants.items())
                if variant.product_id == product.id and not variant.archived
            ),
            categories=_by_id(
                category
                for category in tables.categories.values()
                if (product.id, category.id) in tables.placements
            ),
        )
        for product in sorted(products, key=lambda product: product.id)
        if not product.archived
    ]


def _by_id(categories: Iterable[Category]) -> tuple[Category, ...]:
    return tuple(sorted(categories, key=lambda category: category.id))


class MemoryInventoryDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def stock(self, *, at_most: int | None = None) -> Sequence[StockLine]:
        lines = _stock(self._store.tables)
        return [line for line in lines if at_most is None or line.available <= at_most]

    def line(self, variant_id: int) -> StockLine:
        for line in self.stock():
            if line.variant.id == variant_id:
                return line
        raise NotFound("ProductVariant", variant_id)

    def movements(
        self, *, variant_id: int | None = None, after: int | None = None, most: int = 50
    ) -> Sequence[ShownMovement]:
        fitting = [
            ShownMovement(id=id, movement=movement)
            for id, movement in enumerate(self._store.tables.movements, start=1)
            if variant_id in (None, movement.variant_id) and (after is None or id < after)
        ]
        return fitting[::-1][:most]


def _stock(tables: Tables) -> list[StockLine]:
    return [
        StockLine(
            variant=variant,
            product_name=tables.products[variant.product_id].name,
            on_hand=tables.shelves[id].on_hand,
            held=tables.shelves[id].reserved,
        )
        for id, variant in sorted(tables.variants.items())
        if not variant.archived and not tables.products[variant.product_id].archived
    ]


class MemoryShopPulse:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def feel(self) -> Pulse:
        if self._store.silent:
            raise StoreUnavailable
        now, tables = self._store.now(), self._store.tables
        due = [filed.due_at for filed in tables.outbox.values() if filed.is_due(now)]
        return Pulse(
            held_units=sum(shelf.reserved for shelf in tables.shelves.values()),
            awaiting=sum(o.state is OrderState.AWAITING for o in tables.orders.values()),
            due=len(due),
            dead=sum(filed.dead_at is not None for filed in tables.outbox.values()),
            oldest_due=now - min(due, default=now),
        )


class MemoryOrderDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def latest(self, *, state: OrderState | None = None, most: int = 50) -> Sequence[Order]:
        orders = self._store.tables.orders.values()
        fitting = (order for order in orders if state is None or order.state is state)
        newest_first = sorted(fitting, key=lambda order: (order.created_at, order.id), reverse=True)
        return newest_first[:most]

    def find(self, name: str) -> Order:
        for order in self._store.tables.orders.values():
            if name in (order.token, str(order.id), order.number and str(order.number)):
                return order
        raise NotFound("Order", name)

    def search(self, query: OrderQuery) -> Sequence[Order]:
        orders = self._store.tables.orders
        newest_first = sorted(orders.values(), key=_age, reverse=True)
        if query.after is not None:
            last = orders.get(query.after)
            newest_first = [o for o in newest_first if last and _age(o) < _age(last)]
        return [order for order in newest_first if _fits(order, query)][: query.most]

    def by_token(self, token: str) -> Order:
        return self._only(lambda order: order.token == token, token)

    def by_session(self, session_id: str) -> Order:
        return self._only(lambda order: order.session_id == session_id, session_id)

    def by_intent(self, intent_id: str) -> Order:
        return self._only(lambda order: order.intent_id == intent_id, intent_id)

    def refunds(self, order_id: UUID) -> Sequence[Refund]:
        mine = (r for r in self._store.tables.refunds.values() if r.order_id == order_id)
        return sorted(mine, key=lambda refund: (refund.requested_at, refund.id))

    def _only(self, fits: Callable[[Order], bool], name: str) -> Order:
        for order in self._store.tables.orders.values():
            if fits(order):
                return order
        raise NotFound("Order", name)

    def timeline(self, order_id: UUID) -> Sequence[OrderEvent]:
        return [event for event in self._store.tables.history if event.order_id == order_id]


def _age(order: Order) -> tuple[datetime, UUID]:
    """Where it stands among all orders."""
    return order.created_at, order.id


def _fits(order: Order, query: OrderQuery) -> bool:
    return (
        query.state in (None, order.state)
        and (query.since is None or query.since <= order.created_at)
        and (query.until is None or order.created_at < query.until)
        and words_in(query.text) <= words_of(order)
    )


class MemoryOutboxDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def tasks(
        self, *, state: str | None = None, after: UUID | None = None, most: int = 50
    ) -> Sequence[ShownTask]:
        now = self._store.now()
        shown = [
            shown_task(filed, now)
            for filed in self._store.tables.outbox.values()
            if state in (None, filed.state(now)) and (after is None or filed.task.id < after)
        ]
        return sorted(shown, key=lambda task: task.id, reverse=True)[:most]


class MemoryMessageDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def latest(self, *, after: UUID | None = None, most: int = 50) -> Sequence[Message]:
        messages = self._store.tables.messages
        newest_first = sorted(messages, reverse=True)  # ids are of their time
        left = [id for id in newest_first if after is None or id < after]
        return [messages[id] for id in left[:most]]


class MemoryAuditDesk:
    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def entries(
        self, *, subject: str | None = None, below: int | None = None, most: int = 50
    ) -> Sequence[ShownEntry]:
        shown = [
            ShownEntry(id=id, entry=entry)
            for id, entry in enumerate(self._store.tables.audit, start=1)
            if subject in (None, entry.subject) and (below is None or id < below)
        ]
        return shown[::-1][:most]
