"""Reading without rules: what is shown, in the shape in which it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from eterno.domain.audit import AuditEntry
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.history import OrderEvent
from eterno.domain.inventory import Movement
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund

LARGEST_PAGE = 100
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVariant:
    variant: Variant
    available: int
    """What can be sold now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProduct:
    product: Product
    variants: tuple[ShownVariant, ...]
    """Those not archived, by id."""
    categories: tuple[Category, ...]
    """By id."""


class Sort(StrEnum):
    """How a list of products is ordered; products that are equal in this, by id."""

    ID = "id"
    NEWEST = "-id"
    NAME = "name"
    """By the code points of its characters, so that every database agrees."""
    PRICE = "price"
    """Of the cheapest variant; products without one come last."""


def search_terms(text: str) -> list[str]:
    """The words that are searched for, and in."""
    return [word.lower() for word in _WORD.findall(text)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which products somebody wants to see."""

    text: str = ""
    """Words that all stand somewhere in its texts, in any order; the beginning of one is enough."""
    category: int | None = None
    in_stock: bool = False
    """Only products of which something can be sold now."""
    sort: Sort = Sort.ID
    after: int | None = None
    """The product after which the page begins, in this order."""
    most: int = LARGEST_PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    products: Sequence[ShownProduct]
    more: bool
    """Whether there are others after these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The shop as one sees it in passing."""

    products: int
    variants: int
    example: ShownVariant | None
    """The first of which two can be bought."""


class ShopWindow(Protocol):
    """What visitors see. Archived products and variants are not here.

    Each answer costs a fixed number of questions to the store, whatever the size of the catalogue.
    """

    def products(self) -> Sequence[ShownProduct]:
        """All of them, by id."""
        ...

    def page(self, wanted: Wanted) -> Page:
        """Those that are wanted, in their order. After a product that does not exist comes nothing,
        but in the orders of ids, where its place is known."""
        ...

    def product(self, id: int) -> ShownProduct:
        """Raises `NotFound`."""
        ...

    def variant(self, id: int, *, of: int, even_archived: bool = False) -> ShownVariant:
        """Raises `NotFound`, also for a variant that is not of the product `of`, and, unless
        `even_archived` ones are asked for, for one that has left the shop or whose product has."""
        ...

    def categories(self) -> Sequence[Category]:
        """All of them, by id."""
        ...

    def category(self, id: int, *, most: int = LARGEST_PAGE) -> tuple[Category, Page]:
        """The category and the first of its products, by id. Raises `NotFound`."""
        ...

    def glance(self) -> Glance: ...

    def pictures(self, prefix: str, *, most: int) -> Sequence[str]:
        """The first `most` keys of pictures shown that begin with `prefix`, each once, in the order
        of their characters."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """A variant as it stands in the stock room."""

    variant: Variant
    product_name: str
    on_hand: int
    held: int
    """Promised to buyers who have not paid yet."""

    @property
    def available(self) -> int:
        """What can be sold now."""
        return self.on_hand - self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMovement:
    """A line of the stock ledger. Later lines have higher ids."""

    id: int
    movement: Movement


class InventoryDesk(Protocol):
    """What the owner sees of her stock.

    Each answer costs a fixed number of questions to the store, whatever the size of the catalogue.
    """

    def stock(self, *, at_most: int | None = None) -> Sequence[StockLine]:
        """Every variant that is not archived, by id; only those of which `at_most` so many can be
        sold now, if that is given."""
        ...

    def line(self, variant_id: int) -> StockLine:
        """One of them. Raises `NotFound`."""
        ...

    def movements(
        self, *, variant_id: int | None = None, after: int | None = None, most: int = 50
    ) -> Sequence[ShownMovement]:
        """The newest first, of archived variants too; only those that come `after` the id in this
        order, if it is given."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which orders to look at, and from where on."""

    state: OrderState | None = None
    text: str = ""
    """Words, each of which is the order's number, the buyer's e-mail address, or a word of her
    name; upper and lower case are the same."""
    since: datetime | None = None
    """Placed then or later."""
    until: datetime | None = None
    """Placed earlier than that."""
    after: UUID | None = None
    """Older than this order: the last one of the page before."""
    most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueNews:
    """What visitors see differently than was told before."""

    anew: bool = False
    """Whatever was told before is void: this is everything."""
    shown: Sequence[ShownProduct] = ()
    """Products that are new or may have changed."""
    gone: frozenset[int] = frozenset()
    """Products that are shown no longer."""
    stock: Mapping[int, int] = field(default_factory=dict)
    """What is left of which variants, where a product may have changed in nothing else; older than
    what `shown` tells."""
    categories: Sequence[Category] | None = None
    """All of them, when one has changed; else None."""


class CatalogueChanges(Protocol):
    """The catalogue and the stock as they change, whoever changes them, told to one listener."""

    def look(self) -> CatalogueNews:
        """What has changed since the last look: all that was committed before this was asked, by
        any process. Everything, at the first look and after one that failed.

        It costs no more than the changes are worth, and those who change things nothing. Not to be
        asked by two threads at once. Raises `StoreUnavailable`.
        """
        ...

    @property
    def stirs(self) -> int:
        """How often this process has committed a change that `own_stock` does not tell. Whoever
        remembers it from before a look knows whether that look saw all of them. Asks nobody, at any
        time, from any thread."""
        ...

    def own_stock(self) -> Mapping[int, int]:
        """What this process's sales have left of which variants, since this was last asked. Ahead
        of `look`, which will tell the same. Asks nobody."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How the shop is doing, in a few numbers that cost little to find."""

    held_units: int
    """Pieces promised to buyers who have not paid."""
    awaiting: int
    """Orders that await payment."""
    due: int
    """Tasks in the outbox whose time has come."""
    dead: int
    """Tasks that were given up."""
    oldest_due: timedelta
    """How long the longest waiting of those that are due has been so; zero when there is none."""


class ShopPulse(Protocol):
    def feel(self) -> Pulse:
        """Raises `StoreUnavailable`."""
        ...


class OrderDesk(Protocol):
    """What the owner sees of her orders."""

    def latest(self, *, state: OrderState | None = None, most: int = 50) -> Sequence[Order]:
        """The newest first."""
        ...

    def find(self, name: str) -> Order:
        """By number, public token or id. Raises `NotFound`."""
        ...

    def search(self, query: OrderQuery) -> Sequence[Order]:
        """Those that fit all of it, the newest first. It costs the same on every page."""
        ...

    def by_token(self, token: str) -> Order:
        """By its public token and nothing else: for buyers. Raises `NotFound`."""
        ...

    def by_session(self, session_id: str) -> Order:
        """By the payment session that it was, or may still be, paid in. Raises `NotFound`."""
        ...

    def by_intent(self, intent_id: str) -> Order:
        """By the payment that paid for it. Raises `NotFound`."""
        ...

    def refunds(self, order_id: UUID) -> Sequence[Refund]:
        """All of an order, in the order in which they were asked for."""
        ...

    def timeline(self, order_id: UUID) -> Sequence[OrderEvent]:
        """What happened to an order, in the order in which the shop learned of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTask:
    """A task of the outbox, with its fate."""

    id: UUID
    reaction: str
    state: str
    """"due", "leased", "done" or "dead"."""
    attempts: int
    created_at: datetime
    due_at: datetime
    error: str | None


class OutboxDesk(Protocol):
    def tasks(
        self, *, state: str | None = None, after: UUID | None = None, most: int = 50
    ) -> Sequence[ShownTask]:
        """The newest first; with `after`, only those that come after it in this order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """A line of the audit trail, and its number."""

    id: int
    """Later lines have higher ones."""
    entry: AuditEntry


class AuditDesk(Protocol):
    """What admins did."""

    def entries(
        self, *, subject: str | None = None, below: int | None = None, most: int = 50
    ) -> Sequence[ShownEntry]:
        """The newest first: all of them or those about one subject, and only with ids `below` one
        that was already shown."""
        ...
