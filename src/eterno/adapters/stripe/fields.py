"""Reading Stripe's objects field by field: what is missing or odd is None, never an error.

Texts that people typed on the payment service's page are cleaned of control characters here,
because nobody is left whom we could ask again.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, TypeGuard

from eterno.domain.errors import Invalid
from eterno.domain.money import Currency, Money
from eterno.domain.orders import Address, Buyer
from eterno.domain.payments import Amounts

LONGEST_NAME = 255
LONGEST_TEXT = 500
MOST_MINOR = 10**15
"""Far beyond what Stripe charges, and within what a database counts."""

_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def printable(value: object) -> TypeGuard[str]:
    """Whether it can be a name that Stripe gave: short, and of plain characters."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_NAME
        and value.isascii()
        and value.isprintable()
    )


def inner(data: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at `path`; empty where there is none."""
    found: Any = data
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def order_token_of(session: Mapping[str, Any]) -> str | None:
    for token in (session.get("client_reference_id"), inner(session, "metadata").get("order")):
        if printable(token):
            return token
    return None


def intent_of(session: Mapping[str, Any]) -> str | None:
    """The id of the payment intent, expanded or not."""
    intent = session.get("payment_intent")
    name = intent.get("id") if isinstance(intent, Mapping) else intent
    return name if printable(name) else None


def amounts_of(session: Mapping[str, Any]) -> Amounts | None:
    """What the payment is made of; None unless subtotal, total and currency are all there."""
    subtotal, total = session.get("amount_subtotal"), session.get("amount_total")
    currency = currency_of(session.get("currency"))
    if not (countable(subtotal) and countable(total) and currency):
        return None
    details = inner(session, "total_details")

    def part(name: str) -> Money:
        value = details.get(name)
        return Money(value if countable(value) else 0, currency)

    return Amounts(
        subtotal=Money(subtotal, currency),
        discount=part("amount_discount"),
        shipping=part("amount_shipping"),
        tax=part("amount_tax"),
        total=Money(total, currency),
    )


def buyer_of(session: Mapping[str, Any]) -> Buyer | None:
    """Who buys; None while the session knows nothing of her."""
    details = inner(session, "customer_details")
    buyer = Buyer(
        email=_email(details.get("email")),
        name=text_of(details.get("name")),
        phone=text_of(details.get("phone")),
        ship_to=_address(inner(session, "collected_information", "shipping_details")),
    )
    return buyer if buyer != Buyer(email=None) else None


def _address(shipping: Mapping[str, Any]) -> Address | None:
    lines = inner(shipping, "address")
    if not lines:
        return None
    return Address(
        name=text_of(shipping.get("name")) or "",
        line1=text_of(lines.get("line1")) or "",
        line2=text_of(lines.get("line2")),
        city=text_of(lines.get("city")) or "",
        state=text_of(lines.get("state")),
        postal_code=text_of(lines.get("postal_code")) or "",
        country=text_of(lines.get("country")) or "",
    )


def text_of(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    kept = "".join(
        " " if _is_treacherous(character) else character for character in value[: 4 * LONGEST_TEXT]
    )
    return unicodedata.normalize("NFC", kept).strip()[:LONGEST_TEXT] or None


def _is_treacherous(character: str) -> bool:
    """Control characters, halves of characters, and what turns the direction of writing."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _TURNS
    )


def _email(value: object) -> str | None:
    text = text_of(value)
    if text is None or text.count("@") != 1 or any(character.isspace() for character in text):
        return None
    return text


def currency_of(code: object) -> Currency | None:
    try:
        return Currency(code.upper()) if isinstance(code, str) else None
    except Invalid:
        return None


def countable(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_MINOR
