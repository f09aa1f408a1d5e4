"""The form of the sandbox's payment page: what a buyer typed, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from eterno.domain.errors import Invalid
from eterno.domain.orders import Address, Buyer
from eterno.domain.text import clean

MOST_FIELDS = 40
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box of the form. `autocomplete` is the browser's own name for what belongs in it."""

    name: str
    label: str
    autocomplete: str
    most: int
    missing: str | None = None
    """What to say when it is left empty; None where it may be."""
    kind: str = "text"
    narrow: bool = False


BOXES: Sequence[Box] = (
    Box(
        name="email",
        label="E-mail",
        autocomplete="email",
        most=254,
        missing="Please enter your e-mail address, for the confirmation",
        kind="email",
    ),
    Box(
        name="name",
        label="Full name",
        autocomplete="name",
        most=120,
        missing="Please enter the name for the parcel",
    ),
    Box(name="phone", label="Phone", autocomplete="tel", most=40, kind="tel"),
    Box(
        name="line1",
        label="Street and number",
        autocomplete="address-line1",
        most=200,
        missing="Please enter street and number",
    ),
    Box(name="line2", label="Apartment, floor", autocomplete="address-line2", most=200),
    Box(
        name="city",
        label="Town",
        autocomplete="address-level2",
        most=120,
        missing="Please enter the town",
    ),
    Box(name="state", label="State or region", autocomplete="address-level1", most=60, narrow=True),
    Box(
        name="postal_code",
        label="Postal code",
        autocomplete="postal-code",
        most=20,
        missing="Please enter the postal code",
        narrow=True,
    ),
)
EXAMPLE: Mapping[str, str] = {
    "email": "sam.rivera@example.com",
    "name": "Sam Rivera",
    "phone": "+1 303 555 0142",
    "line1": "12 Juniper Street",
    "city": "Denver",
    "state": "CO",
    "postal_code": "80202",
    "country": "US",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it was sent. `typed` goes back into the boxes; `buyer` and `delivery` are what it
    means, if there are no `faults`."""

    typed: Mapping[str, str]
    delivery: int = 0
    buyer: Buyer = field(default_factory=lambda: Buyer(email=None))
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, by the box's name."""


def fields_of(body: bytes) -> Mapping[str, str]:
    """The fields of an urlencoded form; of one that comes twice the last counts. Whatever cannot be
    read is left out."""
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        return {}
    return dict(pairs)


def filled(fields: Mapping[str, str], *, countries: Sequence[str], offers: int) -> Filled:
    """Read and check the form against the countries and the number of deliveries offered."""
    faults: dict[str, str] = {}
    texts = {box.name: _checked(box, fields.get(box.name, ""), faults) for box in BOXES}
    country = fields.get("country", "")
    if country not in countries:
        faults["country"] = "Please choose a country we deliver to"
    place = fields.get("delivery", "0")
    deliveries = {str(number): number for number in range(max(offers, 1))}
    if place not in deliveries:
        faults["delivery"] = "Please choose a way of delivery"
    return Filled(
        typed={
            **{box.name: fields.get(box.name, "")[: box.most] for box in BOXES},
            "country": country,
        },
        delivery=deliveries.get(place, 0),
        buyer=_buyer(texts, country),
        faults=faults,
    )


def _checked(box: Box, typed: str, faults: dict[str, str]) -> str:
    try:
        text = clean(typed, box.name, most=box.most, least=0)
    except Invalid as refusal:
        faults[box.name] = f"{box.label}: {refusal.faults[0].message}"
        return ""
    if not text and box.missing:
        faults[box.name] = box.missing
    elif box.kind == "email" and not _EMAIL.fullmatch(text):
        faults[box.name] = "This is not an e-mail address"
    return text


def _buyer(texts: Mapping[str, str], country: str) -> Buyer:
    return Buyer(
        email=texts["email"],
        name=texts["name"],
        phone=texts["phone"] or None,
        ship_to=Address(
            name=texts["name"],
            line1=texts["line1"],
            line2=texts["line2"] or None,
            city=texts["city"],
            state=texts["state"] or None,
            postal_code=texts["postal_code"],
            country=country,
        ),
    )
