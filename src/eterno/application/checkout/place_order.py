"""A visitor checks out: from a basket to the page on which she can pay.

The story has three steps, which can be taken one by one: whoever serves many buyers at the same
moment takes the first and the last for all of them together, each in one transaction. In between,
while each of them waits for her own page, no transaction is open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from eterno.application.again import again
from eterno.application.checkout.hold_orders import CheckoutPolicy, Earlier, HoldOrders, Wish
from eterno.application.idempotency import KeyReused
from eterno.application.inventory import stock
from eterno.application.orders.tell import tell
from eterno.application.ports.payments import Payments, PaymentsUnavailable
from eterno.application.ports.store import AlreadyThere, Store, StoreUnavailable
from eterno.application.ports.system import Ids
from eterno.domain.basket import Basket
from eterno.domain.errors import Refusal
from eterno.domain.history import EventKind
from eterno.domain.inventory import OutOfStock
from eterno.domain.orders import Order, OrderState
from eterno.domain.payments import PaymentSession

CART = 4
"""Hexadecimal digits by which refused carts are told apart: enough among those of one day, and so
few that tens of thousands of network addresses share each value, and none can be found from it."""
Page = tuple[UUID, PaymentSession]
"""Of which order, and where it is paid."""
Thing = TypeVar("Thing")


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
        self._policy = policy
        self._hold_orders = HoldOrders(store, ids, policy)

    def __call__(self, basket: Basket, *, client: str, key: str | None = None) -> str:
        """The address of the payment page.

        Raises `NotFound` for a variant that is not offered, `OutOfStock`, `PriceChanged`,
        `KeyReused`, `NotPayable` when the key's order is over, `TooMany` for a client who holds too
        much, and `PaymentsUnavailable`.
        """
        order = granted(*self.hold([Wish(basket=basket, client=client, key=key)]))
        if order.session_url is not None:
            return order.session_url
        return granted(*self.remember([(order.id, self.open_page(order))]))

    def hold(self, wishes: Sequence[Wish]) -> Sequence[Order | Refusal]:
        """For each wish its order, with the stock held, or why there is none.

        For several, raises one of `NOTHING_DONE` when one was in the way of the others: then each
        is to be served alone.
        """
        outcomes = (
            again(lambda: self._hold_one(wishes)) if len(wishes) == 1 else self._hold_orders(wishes)
        )
        self._note_demand(wishes, outcomes)
        return [
            self._resumed(outcome.order, wish.basket) if isinstance(outcome, Earlier) else outcome
            for wish, outcome in zip(wishes, outcomes, strict=True)
        ]

    def open_page(self, order: Order) -> PaymentSession:
        """Ask the payment service for the page. Raises `PaymentsUnavailable`."""
        try:
            return self._payments.open_session(order)
        except PaymentsUnavailable as silence:
            lasting = silence.lasting
            again(lambda: self._after_failure(order, lasting=lasting))
            raise

    def remember(self, pages: Sequence[Page]) -> Sequence[str | Refusal]:
        """Note the pages; only then may their addresses be told. For each its address, or why it
        must not be told."""
        newest = dict(pages)
        noted = again(lambda: self._note(newest))
        return [
            session.url if id in noted and session == newest[id] else self._noted_late(id, session)
            for id, session in pages
        ]

    def _hold_one(self, wishes: Sequence[Wish]) -> Sequence[Order | Earlier | Refusal]:
        try:
            return self._hold_orders(wishes)
        except AlreadyThere:  # the same key at the same moment: the other one was first
            return self._hold_orders(wishes)
        except OutOfStock as refusal:
            return [refusal]

    def _resumed(self, order: Order, basket: Basket) -> Order | Refusal:
        try:
            return again(lambda: self._resume(order, basket))
        except Refusal as refusal:
            return refusal

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

    def _note_demand(
        self, wishes: Sequence[Wish], outcomes: Sequence[Order | Earlier | Refusal]
    ) -> None:
        """What buyers wanted and could not have is worth knowing, but not worth another refusal."""
        refused = [
            (wish, outcome)
            for wish, outcome in zip(wishes, outcomes, strict=True)
            if isinstance(outcome, OutOfStock)
        ]
        if not refused:
            return
        with suppress(StoreUnavailable), self._store.begin() as work:
            for wish, refusal in refused:
                work.demand.refuse(refusal.lines, cart=_cart_of(wish), at=work.now)

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

    def _note(self, pages: Mapping[UUID, PaymentSession]) -> Set[UUID]:
        with self._store.begin() as work:
            return work.orders.remember(pages)

    def _noted_late(self, id: UUID, session: PaymentSession) -> str | Refusal:
        """Something happened to the order while its page was made."""
        try:
            return again(lambda: self._open(id, session))
        except Refusal as refusal:
            return refusal

    def _open(self, id: UUID, session: PaymentSession) -> str:
        with self._store.begin() as work:
            opened = work.orders.hold(id).open_session(session)
            work.orders.save(opened)
            return opened.session_url or session.url


def granted(outcome: Thing | Refusal) -> Thing:
    """Raises the refusal, if it is one."""
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _cart_of(wish: Wish) -> str:
    told_apart_by = f"{wish.client} {wish.basket.fingerprint}"
    return hashlib.sha256(told_apart_by.encode()).hexdigest()[:CART]
