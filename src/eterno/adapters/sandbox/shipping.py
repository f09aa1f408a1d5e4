"""Ways of delivery offered on the payment page. Stands in for Stripe's shipping rates; not for
production."""

from __future__ import annotations

from dataclasses import dataclass

from eterno.domain.money import Money


@dataclass(frozen=True, slots=True)
class ShippingOffer:
    """A way of delivery: "Standard", what it costs, and the business days it takes at least and at
    most."""

    name: str
    amount: Money
    days: tuple[int, int]
