"""The owner sells by hand: at the market stall, or on the phone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.checkout.hold_orders import line_of
from eterno.application.idempotency import KeyReused, check_key
from eterno.application.inventory import stock
from eterno.application.orders.refunding import BY_HAND
from eterno.application.orders.tell import name_of, tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.orders import Entry, LedgerEntry
from eterno.application.ports.store import AlreadyThere, Store, Work
from eterno.application.ports.system import Ids
from eterno.domain import fulfilment
from eterno.domain.audit import Actor
from eterno.domain.basket import MOST_ID, MOST_LINES, MOST_OF_ONE
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.events import OrderTaken
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind, facts_of_placing, facts_of_sale
from eterno.domain.money import Money
from eterno.domain.orders import Buyer, Order
from eterno.domain.payments import Amounts, Payment
from eterno.domain.text import clean

CHANNEL = "counter"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualSale:
    """What was sold, to whom, and whether she has it already."""

    pieces: Mapping[int, int]
    """By variant."""
    discount: Money | None = None
    name: str = ""
    email: str = ""
    handed_over: bool = True
    note: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same sale."""
        sale = (sorted(self.pieces.items()), self.discount, self.email, self.handed_over)
        return hashlib.sha256(f"{BY_HAND} {sale!r}".encode()).hexdigest()


class PlaceManualOrder:
    """Write down a sale that was paid by hand. It moves the stock like any other, at the prices of
    the catalogue, and has no payment session; it is given back by hand, too.

    The same key with the same sale is the same order.
    """

    def __init__(self, store: Store, ids: Ids, policy: FulfilmentPolicy) -> None:
        self._store = store
        self._ids = ids
        self._policy = policy

    def __call__(self, actor: Actor, sale: ManualSale, *, key: str | None = None) -> Order:
        """The order, sold.

        Raises `Invalid`, `NotFound` for a variant that is not offered, `OutOfStock`, or `KeyReused`
        for a key that came with another sale.
        """
        check_key(key)
        buyer = _buyer(sale)
        note = clean(sale.note, "note", most=2_000, least=0, lines=True)
        if not 1 <= len(sale.pieces) <= MOST_LINES:
            raise Invalid.field("items", f"1 to {MOST_LINES}")
        if not all(1 <= quantity <= MOST_OF_ONE for quantity in sale.pieces.values()):
            raise Invalid.field("items", f"between 1 and {MOST_OF_ONE} of each")
        for variant_id in sale.pieces:
            if not 1 <= variant_id <= MOST_ID:
                raise NotFound("ProductVariant", variant_id)
        try:
            return again(lambda: self._place(actor, sale, buyer, note, key))
        except AlreadyThere:  # the same key at the same moment: the other one was first
            return again(lambda: self._place(actor, sale, buyer, note, key))

    def _place(
        self, actor: Actor, sale: ManualSale, buyer: Buyer | None, note: str, key: str | None
    ) -> Order:
        with self._store.begin() as work:
            if key is not None and (earlier := work.orders.find_by_keys([key]).get(key)):
                if earlier.basket != sale.fingerprint:
                    raise KeyReused("This Idempotency-Key was used for another order")
                return earlier
            placed = self._priced(work, sale, key).know(buyer)
            order = self._sold(work, placed, sale)
            work.orders.add(order)
            if order.captured.minor:
                work.orders.record(_taking(order, work.now))
            tell(work, order, EventKind.PLACED, facts_of_placing(order), actor=actor, words=note)
            tell(work, order, EventKind.PAID, facts_of_sale(order, channel=CHANNEL), actor=actor)
            if sale.handed_over:
                tell(work, order, EventKind.DELIVERED, actor=actor)
            facts = {"pieces": order.units, "total": order.total, "state": order.state}
            audit.record(work, actor, "take order", name_of(order), after=facts)
            announce(work, self._ids, OrderTaken(order_id=order.id))
            stock.reserve(work, order)
            stock.sell(work, order, work.now)
            return order

    def _priced(self, work: Work, sale: ManualSale, key: str | None) -> Order:
        offers = work.variants.offers(sale.pieces)
        for variant_id in sale.pieces:
            if variant_id not in offers:
                raise NotFound("ProductVariant", variant_id)
        pieces = sorted(sale.pieces.items())
        return Order.place(
            id=self._ids.new(),
            token=self._ids.token(),
            lines=tuple(line_of(offers[id], quantity) for id, quantity in pieces),
            client=BY_HAND,
            basket=sale.fingerprint,
            key=key,
            at=work.now,
            pay_by=work.now,
        )

    def _sold(self, work: Work, placed: Order, sale: ManualSale) -> Order:
        nothing = Money.zero(placed.currency)
        discount = nothing if sale.discount is None else sale.discount
        if discount.currency != placed.currency or placed.subtotal < discount:
            raise Invalid.field("discount", f"no more than {placed.subtotal}")
        payment = Payment(
            session_id=None,
            intent_id=None,
            amounts=Amounts(
                subtotal=placed.subtotal,
                discount=discount,
                shipping=nothing,
                tax=nothing,
                total=placed.subtotal - discount,
            ),
            at=work.now,
        )
        number = work.orders.next_number()
        sold = placed.pay(payment, number=number, promised_by=self._policy.promise(work.now))
        return fulfilment.deliver(sold) if sale.handed_over else sold


def _buyer(sale: ManualSale) -> Buyer | None:
    """Raises `Invalid` for what cannot be an address."""
    name = clean(sale.name, "name", most=120, least=0)
    email = clean(sale.email, "email", most=254, least=0)
    if email and (email.count("@") != 1 or " " in email):
        raise Invalid.field("email", "an e-mail address")
    return Buyer(email=email or None, name=name or None) if name or email else None


def _taking(order: Order, at: datetime) -> LedgerEntry:
    return LedgerEntry(
        order_id=order.id, amount=order.captured, reference=BY_HAND, at=at, kind=Entry.CAPTURE
    )
