"""A visitor checks out: from a basket to the page on which she can pay."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from eterno.application.again import again
from eterno.application.idempotency import KeyReused, check_key
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.catalogue import Offer
from eterno.application.ports.payments import Payments, PaymentsUnavailable
from eterno.application.ports.store import AlreadyThere, Store, StoreUnavailable, Work
from eterno.application.ports.system import Ids
from eterno.domain.basket import Basket
from eterno.domain.errors import NotFound, TooMany
from eterno.domain.history import EventKind, facts_of_placing
from eterno.domain.inventory import OutOfStock
from eterno.domain.orders import Order, OrderLine, OrderState
from eterno.domain.payments import PaymentSession

CART = 4
"""Hexadecimal digits by which refused carts are told apart: enough among those of one day, and so
few that tens of thousands of network addresses share each value, and none can be found from it."""


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


class PlaceOrder:
    """Hold the stock, write the order, and answer the address of its payment page.

    Prices, names and currency are our own; the price sent is only what the visitor was shown, and
    she is never charged more than that. The stock is held until the payment service says that the
    order can no longer be paid.

    The same idempotency key with the same basket gives the same page, whatever happened in between:
    an answer that was lost, a payment service that was silent, a process that was killed. Without a
    key, an order whose page cannot be opened is given up at once.
    """

    def __init__(self, store: Store, payments: Payments, ids: Ids, policy: CheckoutPolicy) -> None:
        self._store = store
        self._payments = payments
        self._ids = ids
        self._policy = policy

    def __call__(self, basket: Basket, *, client: str, key: str | None = None) -> str:
        """The address of the payment page.

        Raises `NotFound` for a variant that is not offered, `OutOfStock`, `PriceChanged`,
        `KeyReused`, `NotPayable` when the key's order is over, `TooMany` for a client who holds too
        much, and `PaymentsUnavailable`.
        """
        check_key(key)
        try:
            order = again(lambda: self._resume_or_hold(basket, client, key))
        except OutOfStock as refusal:
            self._note_demand(basket, client, refusal)
            raise
        if order.session_url is not None:
            return order.session_url
        try:
            session = self._payments.open_session(order)
        except PaymentsUnavailable as silence:
            lasting = silence.lasting
            again(lambda: self._after_failure(order, lasting=lasting))
            raise
        return again(lambda: self._remember(order, session))

    def _resume_or_hold(self, basket: Basket, client: str, key: str | None) -> Order:
        try:
            with self._store.begin() as work:
                if key is not None and (order := work.orders.find_by_key(key)):
                    return self._resume(work, order, basket)
                return self._hold(work, basket, client, key)
        except AlreadyThere:  # the same key at the same moment: the other one was first
            return self._resume_or_hold(basket, client, key)

    def _resume(self, work: Work, order: Order, basket: Basket) -> Order:
        if order.basket != basket.fingerprint:
            raise KeyReused("This Idempotency-Key was used with another basket")
        if order.session_url is None and order.state is OrderState.AWAITING:
            order = work.orders.hold(order.id)
            if (
                order.session_url is None
                and order.pay_by - work.now < self._policy.shortest_session
            ):
                order = order.try_again(work.now + self._policy.window)
                work.orders.save(order)
        return order.must_be_payable()

    def _hold(self, work: Work, basket: Basket, client: str, key: str | None) -> Order:
        offers = work.variants.offers(line.variant_id for line in basket.lines)
        for line in basket.lines:
            if line.variant_id not in offers:
                raise NotFound("ProductVariant", line.variant_id)
        basket.compare({id: offer.variant.price for id, offer in offers.items()})
        order = Order.place(
            id=self._ids.new(),
            token=self._ids.token(),
            lines=tuple(line_of(offers[line.variant_id], line.quantity) for line in basket.lines),
            client=client,
            basket=basket.fingerprint,
            key=key,
            at=work.now,
            pay_by=work.now + self._policy.window,
        )
        self._limit(work, order)
        work.orders.add(order)
        tell(work, order, EventKind.PLACED, facts_of_placing(order))
        stock.reserve(work, order)
        return order

    def _note_demand(self, basket: Basket, client: str, refusal: OutOfStock) -> None:
        """What she wanted and could not have is worth knowing, but not worth another refusal."""
        with suppress(StoreUnavailable), self._store.begin() as work:
            cart = hashlib.sha256(f"{client} {basket.fingerprint}".encode()).hexdigest()[:CART]
            work.demand.refuse(refusal.lines, cart=cart, at=work.now)

    def _limit(self, work: Work, order: Order) -> None:
        policy = self._policy
        if policy.open_orders is None and policy.held_units is None:
            return
        held = work.orders.open_of(order.client)
        if policy.open_orders is not None and held.orders >= policy.open_orders:
            raise TooMany("Too many unpaid checkouts; please finish one first", retry_after=60)
        if policy.held_units is not None and held.units + order.units > policy.held_units:
            raise TooMany(
                "Too many pieces in unpaid checkouts; please finish one first", retry_after=60
            )

    def _after_failure(self, order: Order, *, lasting: bool) -> None:
        """Nobody knows the page: without a key give the order up, else let the next try be able."""
        with self._store.begin() as work:
            held = work.orders.hold(order.id)
            if held.state is not OrderState.AWAITING or held.session_url is not None:
                return
            if held.key is None:
                stock.release(work, held)
                work.orders.save(held.expire())
                tell(work, held, EventKind.EXPIRED, {"opened": False})
            elif lasting and held.attempt == order.attempt:
                work.orders.save(held.try_again(work.now + self._policy.window))

    def _remember(self, order: Order, session: PaymentSession) -> str:
        with self._store.begin() as work:
            if work.orders.remember(order.id, session):
                return session.url
            opened = work.orders.hold(order.id).open_session(session)
            work.orders.save(opened)
            return opened.session_url or session.url


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
