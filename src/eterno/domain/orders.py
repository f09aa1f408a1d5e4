"""Orders: a basket becomes a promise, the promise becomes a sale.

The life of an order, as a table: see `NEXT`. The shop moves it only forward; news that would move
it backward (notices arrive late, twice, and in any order) changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eterno.domain.disputes import Dispute
from eterno.domain.errors import Conflict, Invalid
from eterno.domain.money import MOST_MINOR_UNITS, Currency, Money
from eterno.domain.parcels import Parcel
from eterno.domain.payments import Amounts, Payment, PaymentSession


class OrderState(StrEnum):
    """Where an order stands. What its reservations are in each state: invariant I06."""

    AWAITING = "awaiting"
    """Waiting for the buyer to pay; stock is held."""
    PENDING = "pending"
    """The buyer has done her part, the money is on its way (a bank debit, say); stock is held."""
    PAID = "paid"
    """Captured in full; the stock is taken."""
    IN_PRODUCTION = "in_production"
    """Sold, and being made or packed."""
    SHIPPED = "shipped"
    """Sold, and every piece is on its way. See `Order.parcels`."""
    DELIVERED = "delivered"
    """Sold, and in the buyer's hands."""
    CANCELLED = "cancelled"
    """Called off by the owner before it was shipped; the stock is back, the money goes back."""
    REVIEW = "review"
    """Money came that does not fit: the owner decides. See `Order.review`."""
    EXPIRED = "expired"
    """Nobody paid in time; the stock is back."""
    FAILED = "failed"
    """The payment did not go through; the stock is back."""


NEXT: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.AWAITING: frozenset(
        {
            OrderState.PENDING,
            OrderState.PAID,
            OrderState.REVIEW,
            OrderState.EXPIRED,
            OrderState.FAILED,
            OrderState.CANCELLED,
        }
    ),
    OrderState.PENDING: frozenset({OrderState.PAID, OrderState.REVIEW, OrderState.FAILED}),
    # Money may come for an order that was given up: it is honoured if the stock is still there.
    OrderState.EXPIRED: frozenset({OrderState.PAID, OrderState.REVIEW}),
    OrderState.FAILED: frozenset({OrderState.PAID, OrderState.REVIEW}),
    # A buyer may fetch her order, so it can be delivered without ever being shipped.
    OrderState.PAID: frozenset(
        {
            OrderState.IN_PRODUCTION,
            OrderState.SHIPPED,
            OrderState.DELIVERED,
            OrderState.CANCELLED,
        }
    ),
    OrderState.IN_PRODUCTION: frozenset(
        {OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED}
    ),
    OrderState.SHIPPED: frozenset({OrderState.DELIVERED}),
    OrderState.DELIVERED: frozenset(),
    OrderState.REVIEW: frozenset({OrderState.PAID, OrderState.CANCELLED}),
    OrderState.CANCELLED: frozenset(),
}
"""From each state, the states that may follow."""

HOLDING = frozenset({OrderState.AWAITING, OrderState.PENDING})
"""States in which the order's stock is held for a buyer who has not paid."""

SOLD = frozenset(
    {OrderState.PAID, OrderState.IN_PRODUCTION, OrderState.SHIPPED, OrderState.DELIVERED}
)
"""States in which the order is paid in full and its stock is taken."""


class ReviewReason(StrEnum):
    """Why an order needs the owner's eyes."""

    STOCK_GONE = "stock_gone"
    """Paid after its hold was released, and the pieces are sold."""
    AMOUNT_MISMATCH = "amount_mismatch"
    """What was captured is not what the order costs."""
    CURRENCY_MISMATCH = "currency_mismatch"
    """Something was captured in another currency; the order's own ledger cannot count it."""


class NotPayable(Conflict):
    """The order can no longer be paid: a new checkout is needed."""

    code = "checkout_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """What was bought, as it was called and priced then."""

    variant_id: int
    quantity: int
    unit_price: Money
    product_name: str
    variant_label: str
    sku: str

    @property
    def total(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to post a parcel."""

    name: str
    line1: str
    line2: str | None
    city: str
    state: str | None
    postal_code: str
    country: str
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who buys. Known only when the payment service tells: the shop itself never asks."""

    email: str | None
    name: str | None = None
    phone: str | None = None
    ship_to: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A basket at our own prices, on its way from promise to sale.

    It is placed `AWAITING` with its stock held until `pay_by`. `token` is its public, unguessable
    name; `number` is the one people use, given when it is paid. `attempt` counts the payment
    sessions asked for, so that each question to the payment service has a key of its own.
    """

    id: UUID
    token: str
    state: OrderState
    lines: tuple[OrderLine, ...]
    currency: Currency
    discount: Money
    shipping: Money
    tax: Money
    captured: Money
    refunded: Money
    client: str
    """Where the checkout came from, for the limits on open checkouts."""
    basket: str
    """Fingerprint of what was asked for: the same key must come with the same basket."""
    key: str | None
    """The client's idempotency key."""
    created_at: datetime
    pay_by: datetime
    attempt: int = 1
    number: int | None = None
    session_id: str | None = None
    session_url: str | None = None
    intent_id: str | None = None
    buyer: Buyer | None = None
    paid_at: datetime | None = None
    review: ReviewReason | None = None
    promised_by: datetime | None = None
    """Until when it shall be on its way; told to the buyer when she has paid."""
    parcels: tuple[Parcel, ...] = ()
    dispute: Dispute | None = None
    fraud_warning: bool = False
    """Whether a bank suspects that somebody else has paid with the buyer's card."""

    @classmethod
    def place(
        cls,
        *,
        id: UUID,
        token: str,
        lines: tuple[OrderLine, ...],
        client: str,
        basket: str,
        key: str | None,
        at: datetime,
        pay_by: datetime,
    ) -> Order:
        """A new order over at least one line, all of one currency.

        Raises `Invalid` for one that costs more than can be paid at once.
        """
        currency = lines[0].unit_price.currency
        nothing = Money.zero(currency)
        order = cls(
            id=id,
            token=token,
            state=OrderState.AWAITING,
            lines=lines,
            currency=currency,
            discount=nothing,
            shipping=nothing,
            tax=nothing,
            captured=nothing,
            refunded=nothing,
            client=client,
            basket=basket,
            key=key,
            created_at=at,
            pay_by=pay_by,
        )
        most = Money(MOST_MINOR_UNITS, currency)
        if most < order.subtotal:
            raise Invalid.field("items", f"together more than {most}, the most one payment can be")
        return order

    @property
    def subtotal(self) -> Money:
        return Money(
            sum(line.quantity * line.unit_price.minor for line in self.lines), self.currency
        )

    @property
    def total(self) -> Money:
        return self.subtotal - self.discount + self.shipping + self.tax

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def quantities(self) -> dict[int, int]:
        """Pieces by variant."""
        return {line.variant_id: line.quantity for line in self.lines}

    def can_become(self, state: OrderState) -> bool:
        return state in NEXT[self.state]

    def open_session(self, session: PaymentSession) -> Order:
        """Remember the page on which the buyer can pay; the first one remembered stays.

        Seen: the notice of the payment arrives before the answer that tells the page's address.
        Raises `NotPayable` when the order was given up meanwhile, or paid on another page.
        """
        if self.must_be_payable().session_url is not None:
            return self
        if self.session_id not in (None, session.id):
            raise NotPayable("This order is already paid")
        return replace(self, session_id=session.id, session_url=session.url)

    @property
    def has_uncounted_money(self) -> bool:
        """Whether it is in review because of money that its own ledger cannot count."""
        return self.review is not None and self.intent_id is not None and self.captured.minor == 0

    def must_be_payable(self) -> Order:
        """The order itself. Raises `NotPayable` when it was given up."""
        if self.state in (OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED):
            raise NotPayable("This checkout is over; please start a new one")
        return self

    def try_again(self, pay_by: datetime) -> Order:
        """Ask the payment service anew, with a new deadline, because the last question was answered
        with a lasting failure or its deadline has come too near."""
        return replace(self, attempt=self.attempt + 1, pay_by=pay_by)

    def is_about(self, session_id: str) -> bool:
        """Whether news of this session concerns the order: not if it is paid for on another one."""
        return self.session_id in (None, session_id)

    def misfit(self, payment: Payment) -> ReviewReason | None:
        """Why this payment does not pay for this order, or None when it does.

        Amounts and currency in a notice are claims: our own prices are what the goods cost, and
        only delivery, tax and discount are the payment service's to tell.
        """
        amounts = payment.amounts
        if amounts.total.currency != self.currency:
            return ReviewReason.CURRENCY_MISMATCH
        if amounts.subtotal != self.subtotal or not amounts.adds_up:
            return ReviewReason.AMOUNT_MISMATCH
        return None

    def pay(self, payment: Payment, *, number: int, promised_by: datetime | None = None) -> Order:
        """Captured in full, once. The one writer of "paid"."""
        paid = self._capture(payment)._charge(payment.amounts).become(OrderState.PAID)
        return replace(paid, number=number, promised_by=promised_by)

    def question(self, payment: Payment, reason: ReviewReason) -> Order:
        """Captured, but not as it should be: the owner decides what becomes of it."""
        questioned = replace(self._capture(payment).become(OrderState.REVIEW), review=reason)
        if reason is not ReviewReason.STOCK_GONE:
            return questioned
        return questioned._charge(payment.amounts)

    def accept(self, *, number: int, promised_by: datetime) -> Order:
        """The owner takes the order as it was paid: it costs what came. Less than its price is a
        discount, more is counted as delivery.

        Raises `Conflict` when nothing came that its ledger can count.
        """
        accepted = replace(
            self.become(OrderState.PAID), review=None, number=number, promised_by=promised_by
        )
        if self.captured == self.total:
            return accepted
        if self.captured.minor == 0:
            raise Conflict("Nothing that this order could be paid with was received")
        nothing = Money.zero(self.currency)
        return replace(
            accepted,
            discount=max(nothing, self.subtotal - self.captured),
            shipping=max(nothing, self.captured - self.subtotal),
            tax=nothing,
        )

    def await_funds(self, session_id: str) -> Order:
        """The buyer has done her part on this page, and the money is on its way."""
        return replace(self.become(OrderState.PENDING), session_id=session_id)

    def expire(self) -> Order:
        return self.become(OrderState.EXPIRED)

    def fail(self) -> Order:
        return self.become(OrderState.FAILED)

    def know(self, buyer: Buyer | None) -> Order:
        """Remember who buys, as soon as the payment service tells."""
        return replace(self, buyer=buyer or self.buyer)

    def _capture(self, payment: Payment) -> Order:
        countable = payment.amounts.total.currency == self.currency
        return replace(
            self,
            captured=payment.amounts.total if countable else self.captured,
            session_id=payment.session_id,
            intent_id=payment.intent_id,
            paid_at=payment.at,
        )

    def become(self, state: OrderState) -> Order:
        """One step along `NEXT`; any other is a mistake of whoever asks, a `ValueError`."""
        if not self.can_become(state):
            raise ValueError(f"an order that is {self.state} does not become {state}")
        return replace(self, state=state)

    def _charge(self, amounts: Amounts) -> Order:
        return replace(self, discount=amounts.discount, shipping=amounts.shipping, tax=amounts.tax)
