"""New orders, each with its stock held: for all who come at the same moment, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from eterno.application.idempotency import check_key
from eterno.application.inventory import stock
from eterno.application.ports.catalogue import Offer
from eterno.application.ports.orders import OpenCheckouts
from eterno.application.ports.store import AlreadyThere, CollidedWork, Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.basket import Basket
from eterno.domain.errors import NotFound, Refusal, TooMany
from eterno.domain.history import EventKind, OrderEvent, facts_of_placing
from eterno.domain.inventory import OutOfStock, Shortage
from eterno.domain.orders import Order, OrderLine

NOTHING_DONE = (AlreadyThere, CollidedWork, OutOfStock)
"""When `HoldOrders` raises one of these, it is known that it has done nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutPolicy:
    """How long stock is held for a buyer, and how much one client may hold without paying."""

    window: timedelta = timedelta(minutes=31)
    """Stripe lets a session live for 30 minutes at least; one more for the way there."""
    shortest_session: timedelta = timedelta(minutes=30)
    open_orders: int | None = 10
    """Most unpaid orders of one client; None is no limit."""
    held_units: int | None = 200
    """Most pieces held for one client; None is no limit."""

    @property
    def has_limits(self) -> bool:
        return self.open_orders is not None or self.held_units is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a visitor wants to buy, from which address, and under which idempotency key."""

    basket: Basket
    client: str
    key: str | None = None

    def __post_init__(self) -> None:
        """Raises `Invalid` for a key that is none."""
        check_key(self.key)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The order that was placed under the same key before."""

    order: Order


class HoldOrders:
    """An order for every wish that can be granted.

    Prices, names and currency are our own; the price sent is only what the visitor was shown, and
    she is never charged more than that. Who comes first is served first.
    """

    def __init__(self, store: Store, ids: Ids, policy: CheckoutPolicy) -> None:
        self._store = store
        self._ids = ids
        self._policy = policy

    def __call__(self, wishes: Sequence[Wish]) -> Sequence[Order | Earlier | Refusal]:
        """For each wish its order, the earlier one of its key, or why there is none: `NotFound` for
        a variant that is not offered, `OutOfStock`, `PriceChanged`, or `TooMany` for a client who
        holds too much.

        Raises `OutOfStock` when somebody else took the last pieces in the last moment, and
        `AlreadyThere` when an order came under one of the keys; then nothing was done for anyone.
        """
        with self._store.begin() as work:
            counter = _Counter(work, wishes, self._policy)
            outcomes = [self._outcome(counter, wish) for wish in wishes]
            orders = [outcome for outcome in outcomes if isinstance(outcome, Order)]
            if orders:
                work.orders.add(*orders)
                work.history.record(*(_placing(order) for order in orders))
                stock.reserve(work, *orders)
            return outcomes

    def _outcome(self, counter: _Counter, wish: Wish) -> Order | Earlier | Refusal:
        if wish.key is not None and (earlier := counter.earlier.get(wish.key)):
            return Earlier(earlier)
        try:
            lines = counter.price(wish.basket)
            order = Order.place(
                id=self._ids.new(),
                token=self._ids.token(),
                lines=lines,
                client=wish.client,
                basket=wish.basket.fingerprint,
                key=wish.key,
                at=counter.now,
                pay_by=counter.now + self._policy.window,
            )
            counter.take(order)
        except Refusal as refusal:
            return refusal
        return order


class _Counter:
    """What can be had at this moment, and what was taken since it began.

    What it knows is a look; `stock.reserve` has the last word.
    """

    def __init__(self, work: Work, wishes: Sequence[Wish], policy: CheckoutPolicy) -> None:
        self._policy = policy
        self.now = work.now
        # First, because it may have to wait for others, and all the rest had better be fresh.
        clients = {wish.client for wish in wishes}
        self._open = dict(work.orders.open_of(clients)) if policy.has_limits else {}
        keys = [wish.key for wish in wishes if wish.key is not None]
        self.earlier = dict(work.orders.find_by_keys(keys)) if keys else {}
        self._offers = work.variants.offers(
            {line.variant_id for wish in wishes for line in wish.basket.lines}
        )
        self._left = {id: offer.available for id, offer in self._offers.items()}

    def price(self, basket: Basket) -> tuple[OrderLine, ...]:
        """Raises `NotFound` and `PriceChanged`."""
        for line in basket.lines:
            if line.variant_id not in self._offers:
                raise NotFound("ProductVariant", line.variant_id)
        offers = [self._offers[line.variant_id] for line in basket.lines]
        basket.compare({offer.variant.id: offer.variant.price for offer in offers})
        return tuple(
            line_of(offer, line.quantity) for offer, line in zip(offers, basket.lines, strict=True)
        )

    def take(self, order: Order) -> None:
        """Raises `TooMany` and `OutOfStock`; then nothing was taken."""
        if self._policy.has_limits:
            self._limit(order)
        if missing := tuple(self._missing(order)):
            raise OutOfStock(missing)
        if order.key is not None:
            self.earlier[order.key] = order
        for id, quantity in order.quantities.items():
            self._left[id] -= quantity
        if self._policy.has_limits:
            held = self._open[order.client]
            self._open[order.client] = OpenCheckouts(
                orders=held.orders + 1, units=held.units + order.units
            )

    def _missing(self, order: Order) -> Iterable[Shortage]:
        for id, quantity in order.quantities.items():
            if quantity > self._left[id]:
                yield Shortage(id, quantity, self._left[id])

    def _limit(self, order: Order) -> None:
        policy, held = self._policy, self._open[order.client]
        if policy.open_orders is not None and held.orders >= policy.open_orders:
            raise TooMany("Too many unpaid checkouts; please finish one first", retry_after=60)
        if policy.held_units is not None and held.units + order.units > policy.held_units:
            raise TooMany(
                "Too many pieces in unpaid checkouts; please finish one first", retry_after=60
            )


def line_of(offer: Offer, quantity: int) -> OrderLine:
    """A variant as it is offered now."""
    return OrderLine(
        variant_id=offer.variant.id,
        quantity=quantity,
        unit_price=offer.variant.price,
        product_name=offer.product_name,
        variant_label=offer.variant.label,
        sku=offer.variant.sku,
    )


def _placing(order: Order) -> OrderEvent:
    return OrderEvent(
        order_id=order.id,
        at=order.created_at,
        kind=EventKind.PLACED,
        facts=facts_of_placing(order),
    )
