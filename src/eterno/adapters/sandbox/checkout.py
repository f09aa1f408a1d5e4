"""A payment session and what can become of it. Stands in for Stripe Checkout; not for
production."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from eterno.adapters.sandbox import objects
from eterno.adapters.sandbox.objects import Session
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.domain.money import Currency, Money
from eterno.domain.orders import Buyer


class Funds(StrEnum):
    """Where the money of a completed session is."""

    AWAITED = "awaited"
    ARRIVED = "arrived"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the order, as the payment page shows it."""

    name: str
    label: str
    quantity: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """Awaited money that comes or fails by itself at that time."""

    at: datetime
    end: Funds


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """Open until it is completed or expires; completed, its money arrives, at once or later, or
    fails.

    A move that is not possible (any more) answers the checkout as it is: twice is harmless.
    """

    session: Session
    lines: tuple[Line, ...]
    offers: tuple[ShippingOffer, ...]
    funds: Funds | None = None
    """None until the buyer has done her part."""
    promise: Promise | None = None
    news: str | None = None
    """The event that the last move caused, not yet written down."""

    @property
    def id(self) -> str:
        return str(self.session["id"])

    @property
    def status(self) -> str:
        return str(self.session["status"])

    @property
    def currency(self) -> Currency:
        return Currency(self.session["currency"].upper())

    def pay(self, buyer: Buyer, delivery: int) -> Checkout:
        """With the way of delivery at that place among the offers."""
        if self.status != "open":
            return self
        return replace(
            self,
            session=objects.paid(self._completed(buyer, delivery)),
            funds=Funds.ARRIVED,
            news="checkout.session.completed",
        )

    def pay_later(self, buyer: Buyer, delivery: int, promise: Promise | None) -> Checkout:
        """By a way of paying that takes its time. Without a promise, `settle` must be called."""
        if self.status != "open":
            return self
        return replace(
            self,
            session=self._completed(buyer, delivery),
            funds=Funds.AWAITED,
            promise=promise,
            news="checkout.session.completed",
        )

    def settle(self, end: Funds) -> Checkout:
        """The awaited money comes, or fails for good."""
        if self.funds is not Funds.AWAITED:
            return self
        came = end is Funds.ARRIVED
        kind = "async_payment_succeeded" if came else "async_payment_failed"
        return replace(
            self,
            session=objects.paid(self.session) if came else self.session,
            funds=end,
            promise=None,
            news=f"checkout.session.{kind}",
        )

    def expire(self) -> Checkout:
        """It can no longer be paid."""
        if self.status != "open":
            return self
        return replace(self, session=objects.expired(self.session), news="checkout.session.expired")

    def at(self, now: datetime) -> Checkout:
        """With what time alone has done to it."""
        if self.promise is not None and self.promise.at <= now:
            return self.settle(self.promise.end)
        if self.session["expires_at"] <= now.timestamp():
            return self.expire()
        return self

    def _completed(self, buyer: Buyer, delivery: int) -> Session:
        return objects.completed(objects.delivered(self.session, delivery), buyer)
