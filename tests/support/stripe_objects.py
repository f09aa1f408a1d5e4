"""Stripe's objects as its API shows them, in the few shapes that our stand-in needs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eterno.domain.orders import Buyer

Json = dict[str, Any]


def opened(asked: Mapping[str, Any], now: int, livemode: bool, pages: str) -> Json:
    """The session that was asked for, with the first way of delivery chosen."""
    id = f"cs_test_{secrets.token_hex(20)}"
    lines = asked["line_items"]
    goods = sum(int(line["price_data"]["unit_amount"]) * int(line["quantity"]) for line in lines)
    rates = [option["shipping_rate_data"] for option in asked.get("shipping_options", [])]
    options: list[Json] = [
        {
            "shipping_amount": int(rate["fixed_amount"]["amount"]),
            "shipping_rate": f"shr_{secrets.token_hex(12)}",
        }
        for rate in rates
    ]
    delivery: int = options[0]["shipping_amount"] if options else 0
    return {
        "id": id,
        "object": "checkout.session",
        "amount_subtotal": goods,
        "amount_total": goods + delivery,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "client_reference_id": asked.get("client_reference_id"),
        "collected_information": None,
        "created": now,
        "currency": lines[0]["price_data"]["currency"],
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_details": None,
        "expires_at": int(asked["expires_at"]),
        "livemode": livemode,
        "metadata": asked.get("metadata", {}),
        "mode": asked["mode"],
        "payment_intent": None,
        "payment_method_types": ["card", "link"],
        "payment_status": "unpaid",
        "shipping_options": options,
        "status": "open",
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": delivery, "amount_tax": 0},
        "url": f"{pages}/{id}",
    }


def completed(buyer: Buyer) -> Json:
    """What the buyer typed."""
    to = buyer.ship_to
    address = to and {
        "city": to.city,
        "country": to.country,
        "line1": to.line1,
        "line2": to.line2,
        "postal_code": to.postal_code,
        "state": to.state,
    }
    return {
        "customer_details": {
            "address": address,
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
            "shipping_details": {"address": address, "name": to.name} if to else None,
        },
    }


def refunded(asked: Mapping[str, Any], currency: str, now: int) -> Json:
    """Money that goes back at once."""
    return {
        "id": f"re_{secrets.token_hex(12)}",
        "object": "refund",
        "amount": int(asked["amount"]),
        "balance_transaction": None,
        "charge": None,
        "created": now,
        "currency": currency,
        "metadata": asked.get("metadata", {}),
        "payment_intent": asked["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def disputed(session: Mapping[str, Any], status: str, due_by: datetime, now: int) -> Json:
    """All of a paid session is asked back."""
    return {
        "id": f"du_{secrets.token_hex(12)}",
        "object": "dispute",
        "amount": session["amount_total"],
        "balance_transactions": [],
        "charge": f"ch_{secrets.token_hex(12)}",
        "created": now,
        "currency": session["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": int(due_by.timestamp()),
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": session["livemode"],
        "metadata": {},
        "payment_intent": session["payment_intent"],
        "reason": "product_not_received",
        "status": status,
    }


def warned(session: Mapping[str, Any], now: int) -> Json:
    """The card of a paid session may be a stolen one."""
    return {
        "id": f"issfr_{secrets.token_hex(12)}",
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": f"ch_{secrets.token_hex(12)}",
        "created": now,
        "fraud_type": "unauthorized_use_of_card",
        "livemode": session["livemode"],
        "payment_intent": session["payment_intent"],
    }
