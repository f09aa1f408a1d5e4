"""Payments: the page on which a buyer can pay, and the money that comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from eterno.domain.money import Currency, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSession:
    """The payment service's page for one order. `url` leaves the shop only once it is committed."""

    id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What a payment is made of, as the payment service tells it."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    total: Money

    @classmethod
    def none(cls, currency: Currency) -> Amounts:
        nothing = Money.zero(currency)
        return cls(subtotal=nothing, discount=nothing, shipping=nothing, tax=nothing, total=nothing)

    @property
    def adds_up(self) -> bool:
        parts = (self.subtotal, self.discount, self.shipping, self.tax)
        return (
            all(part.minor >= 0 for part in parts)
            and self.total == self.subtotal - self.discount + self.shipping + self.tax
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money captured for an order: by the payment service, or by hand (then it has no names)."""

    session_id: str | None
    intent_id: str | None
    amounts: Amounts
    at: datetime
    """When it was paid by the payment service's own account; a late notice does not move it."""
