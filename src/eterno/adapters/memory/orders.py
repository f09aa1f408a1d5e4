"""Orders, and the money that came for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from uuid import UUID

from eterno.adapters.memory.tables import Sequences, Tables, rule
from eterno.application.ports.orders import Entry, LedgerEntry, OpenCheckouts
from eterno.application.ports.store import AlreadyThere
from eterno.domain.errors import NotFound
from eterno.domain.orders import HOLDING, SOLD, Order, OrderState
from eterno.domain.payments import PaymentSession


class MemoryOrders:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences
        self._held: set[UUID] = set()

    def add(self, *orders: Order) -> None:
        for order in orders:
            if order.key is not None and self.find_by_keys([order.key]):
                raise AlreadyThere("order key")
            rule("an order's id is its own", order.id not in self._draft.orders)
            self._held.add(order.id)
            self._write(order)

    def save(self, order: Order) -> None:
        rule("an order is held before it is changed", order.id in self._held)
        before = self.get(order.id)
        rule("what was ordered stays as it was", _origin(order) == _origin(before))
        self._write(order)

    def remember(self, pages: Mapping[UUID, PaymentSession]) -> Set[UUID]:
        waiting = [
            order
            for id in pages
            if (order := self._draft.orders.get(id))
            and order.state is OrderState.AWAITING
            and order.session_id is None
        ]
        for order in waiting:
            self._write(order.open_session(pages[order.id]))
        return {order.id for order in waiting}

    def get(self, id: UUID) -> Order:
        try:
            return self._draft.orders[id]
        except KeyError:
            raise NotFound("Order", id) from None

    def hold(self, id: UUID) -> Order:
        order = self.get(id)
        self._held.add(id)
        return order

    def find_by_keys(self, keys: Iterable[str]) -> Mapping[str, Order]:
        wanted = set(keys)
        return {order.key: order for order in self._draft.orders.values() if order.key in wanted}

    def hold_by_token(self, token: str) -> Order | None:
        order = self._first(lambda order: order.token == token)
        return self.hold(order.id) if order else None

    def hold_by_intent(self, intent_id: str) -> Order | None:
        order = self._first(lambda order: order.intent_id == intent_id)
        return self.hold(order.id) if order else None

    def next_number(self) -> int:
        return self._sequences.next("order number")

    def overdue(self, now: datetime, *, most: int) -> Sequence[UUID]:
        waiting = [
            order
            for order in self._draft.orders.values()
            if order.state is OrderState.AWAITING and order.pay_by <= now
        ]
        return [order.id for order in sorted(waiting, key=lambda order: order.pay_by)[:most]]

    def unsettled(self, before: datetime, *, most: int) -> Sequence[UUID]:
        waiting = [
            order
            for order in self._draft.orders.values()
            if order.state in HOLDING and order.created_at < before
        ]
        return [order.id for order in sorted(waiting, key=lambda order: order.created_at)[:most]]

    def open_of(self, clients: Iterable[str]) -> Mapping[str, OpenCheckouts]:
        return {client: self._open_of(client) for client in clients}

    def record(self, entry: LedgerEntry) -> None:
        rule("money comes for an order that exists", entry.order_id in self._draft.orders)
        rule(
            "an entry of the ledger moves money, each kind in its direction",
            entry.amount.minor != 0 and (entry.amount.minor < 0) == (entry.kind is Entry.REFUND),
        )
        rule("an order is captured once", not self._is_captured(entry))
        self._draft.money.append(entry)

    def _open_of(self, client: str) -> OpenCheckouts:
        held = [
            order
            for order in self._draft.orders.values()
            if order.client == client and order.state in HOLDING
        ]
        return OpenCheckouts(orders=len(held), units=sum(order.units for order in held))

    def _write(self, order: Order) -> None:
        amounts = (order.discount, order.shipping, order.tax, order.total, order.captured)
        rule("an order's amounts are not negative", all(money.minor >= 0 for money in amounts))
        rule(
            "a sold order has a number and was captured in full",
            order.state not in SOLD or (order.number is not None and order.captured == order.total),
        )
        rule(
            "no more of an order is refunded than was captured",
            0 <= order.refunded.minor <= order.captured.minor,
        )
        rule(
            "an order has a reason for review while it is in review",
            (order.state is OrderState.REVIEW) == (order.review is not None),
        )
        for name, value in _own_names(order).items():
            rule(
                f"an order's {name} is its own",
                value is None
                or not any(
                    other.id != order.id and _own_names(other)[name] == value
                    for other in self._draft.orders.values()
                ),
            )
        self._draft.orders[order.id] = order
        if order.buyer is not None and order.buyer.email is not None:
            self._draft.customers.setdefault(order.id, order.buyer.email.strip().lower())

    def _is_captured(self, entry: LedgerEntry) -> bool:
        return entry.kind is Entry.CAPTURE and any(
            earlier.order_id == entry.order_id and earlier.kind is Entry.CAPTURE
            for earlier in self._draft.money
        )

    def _first(self, fits: Callable[[Order], bool]) -> Order | None:
        return next((order for order in self._draft.orders.values() if fits(order)), None)


def _origin(order: Order) -> tuple[object, ...]:
    """What never changes after an order was placed."""
    return (order.token, order.key, order.client, order.basket, order.created_at, order.lines)


def _own_names(order: Order) -> dict[str, object]:
    """What belongs to at most one order."""
    return {
        "token": order.token,
        "number": order.number,
        "payment session": order.session_id,
        "payment intent": order.intent_id,
    }
