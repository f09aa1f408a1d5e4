"""What the forgetful store remembers, and how it refuses what a database would refuse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime
from itertools import count
from uuid import UUID

from eterno.application.ports.orders import LedgerEntry
from eterno.application.ports.payments import Sequel
from eterno.application.ports.queues import Task
from eterno.domain.admins import Admin
from eterno.domain.audit import AuditEntry
from eterno.domain.catalog import Category, Product, Variant
from eterno.domain.contact import Message
from eterno.domain.history import OrderEvent
from eterno.domain.inventory import Movement, Reservation, Shelf
from eterno.domain.media import Upload
from eterno.domain.orders import Order
from eterno.domain.refunds import Refund


class BrokenRule(AssertionError):
    """Something the ports call impossible: a constraint of the database would have refused it.

    Not a refusal of the shop but a bug in whoever asked, as a failed assertion is.
    """


def rule(name: str, holds: object) -> None:
    """Raises `BrokenRule` called `name` unless it `holds`."""
    if not holds:
        raise BrokenRule(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message in the inbox."""

    kind: str
    received_at: datetime
    outcome: str | None = None
    closed_at: datetime | None = None
    order_id: UUID | None = None
    intent_id: str | None = None
    sequel: Sequel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Pieces that a buyer could not have."""

    at: datetime
    variant_id: int
    missing: int
    cart: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A task in the outbox, with its fate."""

    task: Task
    created_at: datetime
    due_at: datetime
    leased_until: datetime | None = None
    done_at: datetime | None = None
    dead_at: datetime | None = None
    error: str | None = None

    def state(self, now: datetime) -> str:
        if self.done_at:
            return "done"
        if self.dead_at:
            return "dead"
        return "leased" if self.leased_until and self.leased_until > now else "due"

    def is_due(self, now: datetime) -> bool:
        return self.state(now) == "due" and self.due_at <= now


@dataclass(slots=True, kw_only=True)
class Tables:
    """Everything, as frozen values: a copy of the collections is a copy of the world."""

    categories: dict[int, Category] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    placements: set[tuple[int, int]] = field(default_factory=set)
    """(product, category)."""
    variants: dict[int, Variant] = field(default_factory=dict)
    shelves: dict[int, Shelf] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)
    reservations: dict[tuple[UUID, int], Reservation] = field(default_factory=dict)
    """By order and variant."""
    orders: dict[UUID, Order] = field(default_factory=dict)
    money: list[LedgerEntry] = field(default_factory=list)
    refunds: dict[UUID, Refund] = field(default_factory=dict)
    history: list[OrderEvent] = field(default_factory=list)
    customers: dict[UUID, str] = field(default_factory=dict)
    """By order, for good: the buyer's address, in one spelling."""
    prices: list[tuple[int, int, datetime]] = field(default_factory=list)
    """Since when a variant is offered for what."""
    costs: list[tuple[int, int | None, datetime]] = field(default_factory=list)
    """Since when a variant costs what to make."""
    demand: list[Refused] = field(default_factory=list)
    inbox: dict[str, Heard] = field(default_factory=dict)
    outbox: dict[UUID, Filed] = field(default_factory=dict)
    admins: dict[int, Admin] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    attempts: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    """When each subject tried."""
    uploads: dict[str, Upload] = field(default_factory=dict)
    messages: dict[UUID, Message] = field(default_factory=dict)

    def copy(self) -> Tables:
        return Tables(**{table.name: copy(getattr(self, table.name)) for table in fields(self)})


class Sequences:
    """Numbers that rise and never come back, not even when the work that drew them fails."""

    def __init__(self) -> None:
        self._numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(1))

    def next(self, name: str) -> int:
        return next(self._numbers[name])
