"""A visitor checks out: from a basket to the page on which she can pay."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hold_orders import CheckoutPolicy, Earlier, HoldOrders, Wish
from eterno.application.idempotency import KeyReused, check_key
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.payments import Payments, PaymentsUnavailable
from eterno.application.ports.store import AlreadyThere, Store, StoreUnavailable
from eterno.application.ports.system import Ids
from eterno.application.together import Together
from eterno.domain.basket import Basket
from eterno.domain.history import EventKind
from eterno.domain.inventory import OutOfStock
from eterno.domain.orders import Order, OrderState
from eterno.domain.payments import PaymentSession

CART = 4
"""Hexadecimal digits by which refused carts are told apart: enough among those of one day, and so
few that tens of thousands of network addresses share each value, and none can be found from it."""


class PlaceOrder:
    """Hold the stock, write the order, and answer the address of its payment page.

    Prices, names and currency are our own; the price sent is only what the visitor was shown, and
    she is never charged more than that. The stock is held until the payment service says that the
    order can no longer be paid.

    The same idempotency key with the same basket gives the same page, whatever happened in between:
    an answer that was lost, a payment service that was silent, a process that was killed. Without a
    key, an order whose page cannot be opened is given up at once.

    Buyers who come at the same moment are served together: their orders are one transaction, and
    their pages are remembered in another. In between each of them waits for her own page, and no
    transaction is open.
    """

    def __init__(self, store: Store, payments: Payments, ids: Ids, policy: CheckoutPolicy) -> None:
        self._store = store
        self._payments = payments
        self._policy = policy
        self._hold = Together[Wish, Order | Earlier](
            HoldOrders(store, ids, policy), at_once=policy.at_once
        )
        self._remember = Together[tuple[UUID, PaymentSession], str | None](
            RememberPages(store), at_once=policy.at_once
        )

    def __call__(self, basket: Basket, *, client: str, key: str | None = None) -> str:
        """The address of the payment page.

        Raises `NotFound` for a variant that is not offered, `OutOfStock`, `PriceChanged`,
        `KeyReused`, `NotPayable` when the key's order is over, `TooMany` for a client who holds too
        much, and `PaymentsUnavailable`.
        """
        check_key(key)
        wish = Wish(basket=basket, client=client, key=key)
        try:
            order = again(lambda: self._resume_or_hold(wish))
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
        return again(lambda: self._remember((order.id, session))) or again(
            lambda: self._open(order, session)
        )

    def _resume_or_hold(self, wish: Wish) -> Order:
        try:
            held = self._hold(wish)
        except AlreadyThere:  # the same key at the same moment: the other one was first
            held = self._hold(wish)
        return self._resume(held.order, wish.basket) if isinstance(held, Earlier) else held

    def _resume(self, order: Order, basket: Basket) -> Order:
        if order.basket != basket.fingerprint:
            raise KeyReused("This Idempotency-Key was used with another basket")
        if order.session_url is None and order.state is OrderState.AWAITING:
            with self._store.begin() as work:
                order = work.orders.hold(order.id)
                if (
                    order.session_url is None
                    and order.pay_by - work.now < self._policy.shortest_session
                ):
                    order = order.try_again(work.now + self._policy.window)
                    work.orders.save(order)
        return order.must_be_payable()

    def _note_demand(self, basket: Basket, client: str, refusal: OutOfStock) -> None:
        """What she wanted and could not have is worth knowing, but not worth another refusal."""
        with suppress(StoreUnavailable), self._store.begin() as work:
            cart = hashlib.sha256(f"{client} {basket.fingerprint}".encode()).hexdigest()[:CART]
            work.demand.refuse(refusal.lines, cart=cart, at=work.now)

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

    def _open(self, order: Order, session: PaymentSession) -> str:
        """Something happened to the order while its page was made."""
        with self._store.begin() as work:
            opened = work.orders.hold(order.id).open_session(session)
            work.orders.save(opened)
            return opened.session_url or session.url


class RememberPages:
    """Note for each order the page that was made for it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, pages: Sequence[tuple[UUID, PaymentSession]]) -> Sequence[str | None]:
        """The address of each page, or None where the order is no longer as it was: somebody must
        look at it more closely."""
        with self._store.begin() as work:
            remembered = work.orders.remember(dict(pages))
        return [session.url if id in remembered else None for id, session in pages]
