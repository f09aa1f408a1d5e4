"""Figures, each by its definition, over the history as it was known at a moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import Tables
from eterno.application.ports.figures import Difference, Good, Sum
from eterno.domain.calendar import FIRST_DAY, Span, Window, local_day, start_of
from eterno.domain.figures import ABANDONED_AFTER_DAYS, PROMISE_DAYS, Measure
from eterno.domain.history import EventKind, OrderEvent
from eterno.domain.refunds import split

Fallen = tuple[datetime, Measure, int, int]
"""When it counts, what, of whom, how much."""

_ENDS_HOLD = (EventKind.PAID, EventKind.EXPIRED, EventKind.FAILED, EventKind.CANCELLED)
_SOON = timedelta(days=ABANDONED_AFTER_DAYS)


class MemoryFigures:
    """Implements `Figures`."""

    def __init__(self, store: MemoryStore, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone

    def now(self) -> datetime:
        return self._store.now()

    def sums(
        self,
        measures: Collection[Measure],
        window: Window,
        *,
        as_of: datetime,
        by: Span | None = None,
        around: bool = False,
    ) -> Sequence[Sum]:
        totals: Counter[tuple[date, Measure, int]] = Counter()
        for at, measure, subject, amount in self._all(as_of):
            day = local_day(at, self._zone)
            if measure in measures and (around or day in window):
                totals[_start(day, window, by), measure, subject] += amount
        return [Sum(*key, amount) for key, amount in totals.items() if amount]

    def peaks(self, window: Window, *, as_of: datetime) -> Mapping[tuple[int, date], int]:
        moves: dict[int, Counter[datetime]] = defaultdict(Counter)
        for at, measure, variant_id, amount in _stock(
            self._store.tables, _lives(self._store, as_of), as_of
        ):
            moves[variant_id][at] += amount if measure is Measure.ON_HAND else -amount
        peaks: dict[tuple[int, date], int] = {}
        for variant_id, steps in moves.items():
            level = 0
            for at, change in sorted(steps.items()):
                key = variant_id, local_day(at, self._zone)
                peaks[key] = max(peaks.get(key, 0), level, level + change)
                level += change
        today = local_day(as_of, self._zone)
        return {
            key: peak
            for key, peak in peaks.items()
            if key[1] in window and peak > 0 and key[1] < today
        }

    def goods(self, *, as_of: datetime) -> Sequence[Good]:
        tables = self._store.tables
        prices = {id: price for id, price, at in tables.prices if at <= as_of}
        costs = {id: cost for id, cost, at in tables.costs if at <= as_of}
        return [
            Good(
                variant_id=id,
                product_id=variant.product_id,
                product_name=tables.products[variant.product_id].name,
                label=variant.label,
                sku=variant.sku,
                on_sale=not (variant.archived or tables.products[variant.product_id].archived),
                price=prices.get(id, variant.price.minor),
                cost=costs.get(id),
            )
            for id, variant in sorted(tables.variants.items())
        ]

    def differences(
        self, window: Window, *, as_of: datetime, most: int = 100
    ) -> Sequence[Difference]:
        tables, lives = self._store.tables, _lives(self._store, as_of)
        found = []
        for order in tables.orders.values():
            entries = [e for e in tables.money if e.order_id == order.id and e.at <= as_of]
            moments = [order.paid_at, *(e.at for e in entries if e.kind == "capture")]
            if not any(at and local_day(at, self._zone) in window for at in moments):
                continue
            life = _Life(lives.get(order.id, []))
            expected = (life.sale["total"] if life.sale else 0) - sum(
                refund["amount"] for refund in life.refunds
            )
            recorded = sum(entry.amount.minor for entry in entries)
            if expected != recorded:
                found.append(
                    Difference(
                        order_id=order.id,
                        number=order.number,
                        expected=expected,
                        recorded=recorded,
                    )
                )
        found.sort(key=lambda one: (one.number is None, one.number or 0, one.order_id))
        return found[:most]

    def summarise(self) -> int:
        """There is nothing to be quicker about."""
        return 0

    def start_over(self) -> None:
        """Nothing was kept."""

    def _all(self, as_of: datetime) -> Iterator[Fallen]:
        tables, lives = self._store.tables, _lives(self._store, as_of)
        yield from _stock(tables, lives, as_of)
        yield from self._lost_demand(tables, as_of)
        yield from _customers(tables, lives)
        for order_id, events in lives.items():
            life = _Life(events)
            yield from life.attempt()
            if life.sale:
                yield from life.sold()
                yield from life.back()
                yield from life.promise()
            if (
                life.fate == "expired"
                and life.start
                and not _paid_soon(tables, lives, order_id, life.start)
            ):
                yield life.start, Measure.ABANDONED, 0, 1
                yield life.start, Measure.ABANDONED_VALUE, 0, life.value

    def _lost_demand(self, tables: Tables, as_of: datetime) -> Iterator[Fallen]:
        seen = set()
        for refused in sorted(tables.demand, key=lambda refused: refused.at):
            name = refused.cart, refused.variant_id, local_day(refused.at, self._zone)
            if refused.at <= as_of and name not in seen:
                seen.add(name)
                yield refused.at, Measure.LOST_DEMAND, refused.variant_id, refused.missing


class _Life:
    """What happened to one order, in the order in which it did."""

    def __init__(self, events: Sequence[OrderEvent]) -> None:
        self._events = events
        paid = self._first(EventKind.PAID)
        money = self._first(EventKind.PAID, EventKind.REVIEW)
        placed = self._first(EventKind.PLACED)
        failed = [dict(e.facts)["refund"] for e in events if e.kind is EventKind.REFUND_FAILED]
        self.sale: Any = paid and paid.facts
        self.paid_at: Any = _moment(paid.facts["paid_at"]) if paid else None
        self.money_at = _moment(money.facts["paid_at"]) if money else None
        self.start = placed.at if placed and placed.actor is None else None
        self.value: Any = placed.facts["subtotal"] if placed else 0
        self.refunds: list[Any] = [
            event.facts
            for event in events
            if event.kind is EventKind.REFUND_SUCCEEDED and event.facts["refund"] not in failed
        ]
        self.fate = "paid" if money else "open"
        for event in events if not money else ():
            if event.kind in (EventKind.FAILED, EventKind.EXPIRED):
                unopened = event.facts.get("opened") is False
                self.fate = "unopened" if unopened else event.kind.value

    def _first(self, *kinds: EventKind) -> OrderEvent | None:
        return next((event for event in self._events if event.kind in kinds), None)

    def sold(self) -> Iterator[Fallen]:
        at, sale = self.paid_at, self.sale
        yield at, Measure.ORDERS, 0, 1
        yield at, Measure.GROSS, 0, sale["subtotal"]
        yield at, Measure.DISCOUNTS, 0, sale["discount"]
        yield at, Measure.SHIPPING, 0, sale["shipping"]
        yield at, Measure.TAX, 0, sale["tax"]
        parts = split(sale["discount"], _weights(sale["lines"]))
        for line, discount in zip(sale["lines"], parts, strict=True):
            variant_id = line["variant_id"]
            yield at, Measure.LINE_UNITS, variant_id, line["quantity"]
            yield at, Measure.LINE_GROSS, variant_id, line["quantity"] * line["unit_price"]
            yield at, Measure.LINE_DISCOUNTS, variant_id, discount

    def back(self) -> Iterator[Fallen]:
        for refund in self.refunds:
            at = _moment(refund["done_at"])
            yield at, Measure.REFUNDS_GOODS, 0, refund["goods"]
            yield at, Measure.REFUNDS_SHIPPING, 0, refund["shipping"]
            yield at, Measure.REFUNDS_TAX, 0, refund["tax"]
            yield self.paid_at, Measure.REFUNDED_VALUE, 0, refund["amount"]
            for line in refund["lines"]:
                yield at, Measure.LINE_UNITS_BACK, line["variant_id"], line["quantity"]
                yield at, Measure.LINE_REFUNDS, line["variant_id"], line["amount"]
            if not refund["lines"]:
                parts = split(refund["goods"], _weights(self.sale["lines"]))
                for line, amount in zip(self.sale["lines"], parts, strict=True):
                    yield at, Measure.LINE_REFUNDS, line["variant_id"], amount
        if self.refunds:
            yield self.paid_at, Measure.REFUNDED_ORDERS, 0, 1
        lost = set()
        disputes = [event for event in self._events if event.kind is EventKind.DISPUTE]
        yield self.paid_at, Measure.DISPUTES, 0, len({e.facts["dispute"] for e in disputes})
        for event in disputes:
            facts: Any = event.facts
            if facts["state"] == "lost" and facts["dispute"] not in lost:
                lost.add(facts["dispute"])
                yield event.at, Measure.DISPUTES_LOST, 0, facts["amount"]

    def promise(self) -> Iterator[Fallen]:
        promised = self.sale["promised_by"]
        due = _moment(promised) if promised else self.paid_at + timedelta(days=PROMISE_DAYS)
        sent = self._first(EventKind.SHIPPED, EventKind.DELIVERED)
        if not self._first(EventKind.CANCELLED):
            yield due, Measure.DUE, 0, 1
        if sent:
            yield due, Measure.ON_TIME, 0, int(sent.at <= due)
            yield due, Measure.DAYS_TO_SHIP, max(0, (sent.at - self.paid_at).days), 1

    def attempt(self) -> Iterator[Fallen]:
        if self.start is None or self.fate == "unopened":
            return
        yield self.start, Measure.STARTED, 0, 1
        if self.fate != "open":
            yield self.start, Measure(self.fate), 0, 1
        if self.money_at:
            minutes = max(0, (self.money_at - self.start) // timedelta(minutes=1))
            yield self.start, Measure.MINUTES_TO_PAY, minutes, 1


def _start(day: date, window: Window, by: Span | None) -> date:
    """Of the period, or of what is before or after them all."""
    if day < window.start:
        return FIRST_DAY
    if day >= window.end:
        return window.end
    return max(window.start, start_of(day, by)) if by else window.start


def _lives(store: MemoryStore, as_of: datetime) -> Mapping[UUID, list[OrderEvent]]:
    """What was known of each order, in the order in which it was learned."""
    lives: dict[UUID, list[OrderEvent]] = defaultdict(list)
    for event in sorted(store.tables.history, key=lambda event: event.at):
        if event.at <= as_of:
            lives[event.order_id].append(event)
    return lives


def _stock(
    tables: Tables, lives: Mapping[UUID, list[OrderEvent]], as_of: datetime
) -> Iterator[Fallen]:
    for movement in tables.movements:
        if movement.at <= as_of:
            yield movement.at, Measure.ON_HAND, movement.variant_id, movement.change
    for events in lives.values():
        placed: Any = next((e for e in events if e.kind is EventKind.PLACED), None)
        ended = next((e for e in events if e.kind in _ENDS_HOLD), None)
        lines: Any = placed.facts["lines"] if placed else ()
        for line in lines:
            yield placed.at, Measure.HELD, line["variant_id"], line["quantity"]
            if ended:
                yield ended.at, Measure.HELD, line["variant_id"], -line["quantity"]


def _customers(tables: Tables, lives: Mapping[UUID, list[OrderEvent]]) -> Iterator[Fallen]:
    sales: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for order_id, events in lives.items():
        life, paid = _Life(events), [e for e in events if e.kind is EventKind.PAID]
        if life.paid_at and order_id in tables.customers:
            sales[tables.customers[order_id]].append((paid[0].at, life.paid_at))
    for bought in sales.values():
        known = sorted(at for at, _ in bought)
        yield known[0], Measure.CUSTOMERS, 0, 1
        if len(known) > 1:
            yield known[1], Measure.REPEAT_CUSTOMERS, 0, 1
        first = min(paid_at for _, paid_at in bought)
        for _, paid_at in bought:
            yield paid_at, Measure.RETURNING, 0, int(paid_at > first)


def _paid_soon(
    tables: Tables, lives: Mapping[UUID, list[OrderEvent]], order_id: UUID, start: datetime
) -> bool:
    """Whether the same cart was paid in another order, soon after this one was begun."""
    order = tables.orders[order_id]
    return any(
        (other.client, other.basket) == (order.client, order.basket)
        and other.id != order.id
        and (paid_at := _Life(lives.get(other.id, [])).paid_at) is not None
        and start <= paid_at <= start + _SOON
        for other in tables.orders.values()
    )


def _weights(lines: Sequence[Mapping[str, int]]) -> list[int]:
    return [line["quantity"] * line["unit_price"] for line in lines]


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(text)
