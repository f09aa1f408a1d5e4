"""Reading without rules: what is shown, in the shape in which it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from eterno.domain.audit import AuditEntry
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.history import OrderEvent
from eterno.domain.inventory import Movement
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import Refund


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


class ShopWindow(Protocol):
    """What visitors see. Archived products and variants are not here.

    Each answer costs a fixed number of questions to the store, whatever the size of the catalogue.
    """

    def products(self) -> Sequence[ShownProduct]:
        """All of them, by id."""
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

    def category(self, id: int) -> tuple[Category, Sequence[ShownProduct]]:
        """The category and its products by id. Raises `NotFound`."""
        ...

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
    def tasks(self, *, state: str | None = None, most: int = 50) -> Sequence[ShownTask]:
        """The newest first."""
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
