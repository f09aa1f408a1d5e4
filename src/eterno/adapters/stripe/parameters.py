"""What Stripe is asked for when an order is to be paid: pure values, the same for every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eterno.adapters.stripe.refunds import REFUND_KEY
from eterno.application.ports.payments import RefundRequest
from eterno.domain.money import Money
from eterno.domain.orders import Order, OrderLine

if TYPE_CHECKING:
    from stripe.params import RefundCreateParams
    from stripe.params.checkout import (
        SessionCreateParams,
        SessionCreateParamsLineItem,
        SessionCreateParamsShippingOption,
        SessionCreateParamsShippingOptionShippingRateDataDeliveryEstimate,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A way of delivery that buyers may choose. `days` are business days, at least and at most."""

    name: str
    amount: Money
    days: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """What every session of a shop has in common."""

    success_url: str
    """Where a buyer goes who has paid; `{CHECKOUT_SESSION_ID}` in it becomes the session's id."""
    cancel_url: str
    deliveries: Sequence[Delivery]
    """Each in the currency of the shop; Stripe takes 5 at most."""
    countries: Sequence[str]
    """Where parcels can go: ISO 3166-1 alpha-2."""
    promotion_codes: bool = False
    automatic_tax: bool = False
    """Tax is added to our prices, never thought to be in them: what is due on top of the goods is
    Stripe's to tell, what the goods cost is ours."""


def attempt_of(order: Order) -> str:
    """The idempotency key: one for each order and attempt."""
    return f"{order.token}:{order.attempt}"


def session_parameters(order: Order, venue: Venue) -> SessionCreateParams:
    """A page for `order`, open until its `pay_by`.

    Made of the order and the venue alone: under one idempotency key, Stripe takes only the same
    parameters again. Stripe's own cart recovery stays off, because its sessions would not hold any
    stock; ways of paying are left to the account's settings.
    """
    parameters: SessionCreateParams = {
        "mode": "payment",
        "client_reference_id": order.token,
        "metadata": {"order": order.token},
        # Refunds and disputes lead only to the intent, which does not inherit metadata.
        "payment_intent_data": {"metadata": {"order": order.token}},
        "line_items": [_line(line, venue) for line in order.lines],
        "expires_at": int(order.pay_by.timestamp()),
        "success_url": venue.success_url,
        "cancel_url": venue.cancel_url,
        "shipping_address_collection": {"allowed_countries": list(venue.countries)},
        "phone_number_collection": {"enabled": True},
        "allow_promotion_codes": venue.promotion_codes,
        "automatic_tax": {"enabled": venue.automatic_tax},
    }
    if venue.deliveries:
        parameters["shipping_options"] = [_option(way, venue) for way in venue.deliveries]
    return parameters


def refund_attempt_of(request: RefundRequest, attempt: int) -> str:
    """The idempotency key of a refund: one for each attempt, and never of the time.

    An attempt is over only when Stripe says that it remembers its failure. So two workers that ask
    for the same refund at once, or one that was asleep in between, ask under the same key.
    """
    return f"refund:{request.id}:{attempt}"


def refund_parameters(request: RefundRequest) -> RefundCreateParams:
    """It bears our own id, by which it is looked for before it is asked for again."""
    return {
        "payment_intent": request.intent_id,
        "amount": request.amount.minor,
        "metadata": {REFUND_KEY: str(request.id), "order": request.order_token},
    }


def _line(line: OrderLine, venue: Venue) -> SessionCreateParamsLineItem:
    item: SessionCreateParamsLineItem = {
        "quantity": line.quantity,
        "price_data": {
            "currency": line.unit_price.currency.code.lower(),
            "unit_amount": line.unit_price.minor,
            "product_data": {
                "name": line.product_name,
                "metadata": {"variant_id": str(line.variant_id)},
            },
        },
    }
    if line.variant_label:  # Stripe refuses an empty one
        item["price_data"]["product_data"]["description"] = line.variant_label
    if venue.automatic_tax:
        item["price_data"]["tax_behavior"] = "exclusive"
    return item


def _option(way: Delivery, venue: Venue) -> SessionCreateParamsShippingOption:
    option: SessionCreateParamsShippingOption = {
        "shipping_rate_data": {
            "type": "fixed_amount",
            "display_name": way.name,
            "fixed_amount": {
                "amount": way.amount.minor,
                "currency": way.amount.currency.code.lower(),
            },
        }
    }
    if estimate := _estimate(way):
        option["shipping_rate_data"]["delivery_estimate"] = estimate
    if venue.automatic_tax:
        option["shipping_rate_data"]["tax_behavior"] = "exclusive"
    return option


def _estimate(
    way: Delivery,
) -> SessionCreateParamsShippingOptionShippingRateDataDeliveryEstimate:
    """Stripe counts days from one: what takes none has no bound."""
    least, most = way.days
    estimate: SessionCreateParamsShippingOptionShippingRateDataDeliveryEstimate = {}
    if least > 0:
        estimate["minimum"] = {"unit": "business_day", "value": least}
    if most > 0:
        estimate["maximum"] = {"unit": "business_day", "value": most}
    return estimate
