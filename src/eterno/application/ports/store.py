"""The shop's memory: everything that must stay true together is changed in one `Work`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from eterno.domain.admins import Admin
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.errors import Conflict, Unavailable
from eterno.domain.inventory import HoldState, Movement, Reservation, Shelf
from eterno.domain.money import Money
from eterno.domain.orders import Order


class StoreUnavailable(Unavailable):
    """The store does not answer, or what it was asked last may or may not have happened."""

    code = "store_unavailable"

    def __init__(self) -> None:
        super().__init__("The shop cannot reach its database; please try again in a moment")


class CollidedWork(StoreUnavailable):
    """Another work was in the way and this one did nothing at all: doing it over is safe."""


class AlreadyThere(Conflict):
    """Something by that unique name exists. `name` says which name: "order key", "username"."""

    code = "already_there"

    def __init__(self, name: str) -> None:
        super().__init__(f"This {name} is already taken")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A variant that can be bought now, with all that an order line must remember."""

    variant: Variant
    product_name: str
    available: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckouts:
    """What one client holds without having paid."""

    orders: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do because of one piece of news. Lives in the outbox until done or dead."""

    id: UUID
    reaction: str
    """What to do, by the name it has in `application.outbox.reactions`."""
    facts: Mapping[str, str]
    """The news, as plain text."""
    attempts: int = 0
    """Begun so far, counted before each attempt, so that a crash counts too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line of the money ledger: captured (+) or refunded (-). Never altered."""

    order_id: UUID
    amount: Money
    reference: str
    """The payment service's own name for it."""
    at: datetime


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


class Shelves(Protocol):
    def add(self, shelf: Shelf) -> None: ...

    def hold(self, variant_ids: Iterable[int]) -> Mapping[int, Shelf]:
        """The shelves as they are, kept from everybody else until this work ends.

        They are locked in the order of their ids, whatever the order of the question, so that two
        works never wait for each other.
        """
        ...

    def save(self, shelves: Iterable[Shelf]) -> None: ...

    def record(self, movements: Iterable[Movement]) -> None:
        """Write into the stock ledger. What is written there is never changed or taken out."""
        ...


class Reservations(Protocol):
    def add(self, reservations: Iterable[Reservation]) -> None: ...

    def move(self, order_id: UUID, before: HoldState, after: HoldState) -> int:
        """Move this order's reservations that are in state `before`; how many there were."""
        ...


class Orders(Protocol):
    def add(self, order: Order) -> None:
        """Raises `AlreadyThere("order key")` when another order has its key."""
        ...

    def save(self, order: Order) -> None:
        """Write what has changed of an order that this work holds."""
        ...

    def get(self, id: UUID) -> Order:
        """Raises `NotFound`."""
        ...

    def hold(self, id: UUID) -> Order:
        """As `get`, and nobody else may hold it until this work ends."""
        ...

    def find_by_key(self, key: str) -> Order | None: ...

    def hold_by_token(self, token: str) -> Order | None: ...

    def next_number(self) -> int:
        """A number no order had before. Numbers rise; one may be left out when a work fails."""
        ...

    def overdue(self, now: datetime, *, most: int) -> Sequence[UUID]:
        """Orders that await payment past their `pay_by`, the longest waiting first."""
        ...

    def open_of(self, client: str) -> OpenCheckouts:
        """What the client holds unpaid. Until this work ends no other may ask for the same client,
        so that a limit holds for requests that come at once."""
        ...

    def record(self, entry: LedgerEntry) -> None:
        """Write into the money ledger. What is written there is never changed or taken out."""
        ...


class Inbox(Protocol):
    """Messages from the payment service, each by its own id."""

    def receive(self, id: str, kind: str, at: datetime) -> bool:
        """Whether this message is news. Of several works that receive the same message at once, one
        goes on and the others wait for it: if it fails, the next one is told that it is news."""
        ...

    def close(self, id: str, outcome: str, at: datetime, order_id: UUID | None) -> None:
        """Note what came of it."""
        ...


class Outbox(Protocol):
    """Things to do because of what happened: each at least once, at most `attempts` times."""

    def add(self, tasks: Iterable[Task], at: datetime) -> None: ...

    def claim(self, now: datetime, *, lease: timedelta, most: int, attempts: int) -> Sequence[Task]:
        """Tasks that are due, now leased to the caller, each with this attempt counted.

        Nobody else gets them until the lease is over. Tasks that have used up their `attempts` and
        whose last lease ran out (the process died each time) become dead instead of being claimed.
        """
        ...

    def done(self, task: Task, at: datetime) -> bool:
        """Tick it off; False when the lease was lost to somebody else meanwhile."""
        ...

    def postpone(self, task: Task, until: datetime, error: str) -> bool:
        """Give it back, to be tried again; False when the lease was lost."""
        ...

    def bury(self, task: Task, at: datetime, error: str) -> bool:
        """Give it up: dead, but visible, and it can be revived; False when the lease was lost."""
        ...

    def revive(self, id: UUID, at: datetime) -> bool:
        """Make a dead task due again with its attempts forgotten; False when there is no such."""
        ...


class Admins(Protocol):
    def next_id(self) -> int: ...

    def add(self, admin: Admin) -> None:
        """Raises `AlreadyThere("username")`."""
        ...

    def find(self, username: str) -> Admin | None: ...

    def count(self) -> int:
        """How many there are, active ones only."""
        ...


class Work(Protocol):
    """One transaction: all of it happens, or nothing."""

    @property
    def now(self) -> datetime:
        """When this work began, by the store's own clock, which decides deadlines for everybody."""
        ...

    def alone(self, purpose: str) -> None:
        """Keep every other work that asks for the same purpose waiting until this one ends."""
        ...

    @property
    def categories(self) -> Categories: ...
    @property
    def products(self) -> Products: ...
    @property
    def variants(self) -> Variants: ...
    @property
    def shelves(self) -> Shelves: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def admins(self) -> Admins: ...


class Store(Protocol):
    def begin(self) -> AbstractContextManager[Work]:
        """`with store.begin() as work:` commits on leaving and rolls back when anything is raised.

        Raises `CollidedWork` when others were in the way, `StoreUnavailable` when the store is
        silent, or when it fell silent during the commit and nobody knows.
        """
        ...
