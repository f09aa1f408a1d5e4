"""Orders and their money, within one work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from eterno.domain.money import Money
from eterno.domain.orders import Order
from eterno.domain.payments import PaymentSession


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCheckouts:
    """What one client holds without having paid."""

    orders: int
    units: int


class Entry(StrEnum):
    """What a line of the money ledger is about."""

    CAPTURE = "capture"
    """The buyer paid (+)."""
    REFUND = "refund"
    """Some of it went back (-)."""
    RETURN = "return"
    """A refund that had gone did not arrive, and came back to the shop (+)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One line of the money ledger. Never altered."""

    order_id: UUID
    amount: Money
    reference: str
    """The payment service's own name for it."""
    at: datetime
    kind: Entry


class Orders(Protocol):
    def add(self, *orders: Order) -> None:
        """Raises `AlreadyThere("order key")` when another order has the key of one of them."""
        ...

    def save(self, order: Order) -> None:
        """Write what has changed of an order that this work holds."""
        ...

    def remember(self, pages: Mapping[UUID, PaymentSession]) -> Set[UUID]:
        """Note the pages of those orders that await their payment and know of no session; which
        they were. Of the others nothing is changed."""
        ...

    def get(self, id: UUID) -> Order:
        """Raises `NotFound`."""
        ...

    def hold(self, id: UUID) -> Order:
        """As `get`, and nobody else may hold it until this work ends."""
        ...

    def find_by_keys(self, keys: Iterable[str]) -> Mapping[str, Order]:
        """The orders that were placed under these keys, as far as there are any."""
        ...

    def hold_by_token(self, token: str) -> Order | None: ...

    def hold_by_intent(self, intent_id: str) -> Order | None:
        """The order that was paid with this payment intent."""
        ...

    def next_number(self) -> int:
        """A number no order had before. Numbers rise; one may be left out when a work fails."""
        ...

    def overdue(self, now: datetime, *, most: int) -> Sequence[UUID]:
        """Orders that await payment past their `pay_by`, the longest waiting first."""
        ...

    def unsettled(self, before: datetime, *, most: int) -> Sequence[UUID]:
        """Orders placed before that time whose stock is held for a buyer who has not paid, the
        oldest first."""
        ...

    def open_of(self, clients: Iterable[str]) -> Mapping[str, OpenCheckouts]:
        """What each of the clients holds unpaid. Until this work ends no other may ask for the same
        client, so that a limit holds for requests that come at once."""
        ...

    def record(self, entry: LedgerEntry) -> None:
        """Write into the money ledger. What is written there is never changed or taken out."""
        ...
