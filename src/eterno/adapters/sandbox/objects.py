"""Stripe-shaped objects: a `checkout.session` and its moves, and the events about them.

Pure functions from value to value. A move answers a new object and leaves the old one alone. Stands
in for Stripe's own objects, field by field as its API describes them; not for production.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.domain.money import Money
from eterno.domain.orders import Address, Buyer, Order

API_VERSION = "2026-10-28.endive"
Session = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """What every session of a shop has in common."""

    shop: str
    """The shop's name, as buyers know it."""
    base_url: str
    """Where the payment pages are served."""
    success_url: str
    """Where a buyer goes who has paid; `{CHECKOUT_SESSION_ID}` in it becomes the session's id."""
    cancel_url: str
    shipping: Sequence[ShippingOffer]
    """Each in the currency of the shop; the first is chosen until the buyer chooses another."""
    countries: Sequence[str]
    """Where parcels can go: ISO 3166-1 alpha-2."""

    def page(self, session_id: str) -> str:
        """The address of a session's payment page."""
        return f"{self.base_url}/sandbox/pay/{session_id}"


def new_id(prefix: str) -> str:
    """An id nobody can guess, in test mode's form: `cs_test_…`."""
    return f"{prefix}_test_{secrets.token_hex(20)}"


def opened(order: Order, venue: Venue, at: int) -> dict[str, Any]:
    """A new session for `order`: open, unpaid, with the first way of delivery chosen.

    Raises `ValueError` for a delivery offered in another currency than the order's.
    """
    id = new_id("cs")
    nothing = Money.zero(order.currency)
    session: dict[str, Any] = {
        "id": id,
        "object": "checkout.session",
        **dict.fromkeys(_UNUSED),
        "amount_subtotal": order.subtotal.minor,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": venue.cancel_url,
        "client_reference_id": order.token,
        "created": at,
        "currency": order.currency.code.lower(),
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_creation": "if_required",
        "expires_at": int(order.pay_by.timestamp()),
        "livemode": False,
        "metadata": {"order": order.token},
        "mode": "payment",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": True},
        "shipping_address_collection": {"allowed_countries": list(venue.countries)},
        "shipping_options": [
            {
                "shipping_amount": (nothing + offer.amount).minor,
                "shipping_rate": f"shr_{secrets.token_hex(12)}",
            }
            for offer in venue.shipping
        ],
        "status": "open",
        "success_url": venue.success_url,
        "ui_mode": "hosted_page",
        "url": venue.page(id),
    }
    return delivered(session, 0)


def delivered(session: Session, place: int) -> dict[str, Any]:
    """With the way of delivery at `place` chosen; without any when none is offered."""
    options = session["shipping_options"]
    cost = options[place]["shipping_amount"] if options else 0
    return {
        **session,
        "amount_total": session["amount_subtotal"] + cost,
        "shipping_cost": {
            "amount_subtotal": cost,
            "amount_tax": 0,
            "amount_total": cost,
            "shipping_rate": options[place]["shipping_rate"],
        }
        if options
        else None,
        "total_details": {"amount_discount": 0, "amount_shipping": cost, "amount_tax": 0},
    }


def completed(session: Session, buyer: Buyer) -> dict[str, Any]:
    """The buyer has done her part; whether the money is there is another matter: see `paid`."""
    return {
        **session,
        "status": "complete",
        "url": None,
        "payment_intent": f"pi_test_{secrets.token_hex(12)}",
        "customer_details": {
            "address": _address(buyer.ship_to),
            "business_name": None,
            "email": buyer.email,
            "individual_name": None,
            "name": buyer.name,
            "phone": buyer.phone,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "collected_information": {
            "business_name": None,
            "individual_name": None,
            "shipping_details": {
                "address": _address(buyer.ship_to),
                "name": buyer.ship_to.name,
            }
            if buyer.ship_to
            else None,
        },
    }


def paid(session: Session) -> dict[str, Any]:
    return {**session, "payment_status": "paid"}


def expired(session: Session) -> dict[str, Any]:
    return {**session, "status": "expired", "url": None}


def event(kind: str, thing: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The news that `kind` has happened to a session or a refund, as it stands now."""
    return {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": at,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def _address(address: Address | None) -> dict[str, str | None] | None:
    if address is None:
        return None
    return {
        "city": address.city,
        "country": address.country,
        "line1": address.line1,
        "line2": address.line2,
        "postal_code": address.postal_code,
        "state": address.state,
    }


_UNUSED = (
    "adaptive_pricing", "after_expiration", "allow_promotion_codes", "allowed_payment_method_types",
    "billing_address_collection", "client_secret", "collected_information", "consent",
    "consent_collection", "currency_conversion", "customer", "customer_account", "customer_details",
    "customer_email", "discounts", "integration_identifier", "invoice", "invoice_creation",
    "locale", "managed_payments", "optional_items", "origin_context", "payment_intent",
    "payment_link", "payment_method_collection", "payment_method_configuration_details",
    "permissions", "recovered_from", "saved_payment_method_options", "setup_intent", "submit_type",
    "subscription", "wallet_options",
)  # fmt: skip
"""What Stripe sends as null: this shop never fills it, or not before the session is completed."""
