"""How amounts, dates and addresses are written for people, in plain English."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date as Day
from datetime import datetime

from eterno.adapters.jinja.countries import country_name
from eterno.domain.money import Currency, Money
from eterno.domain.orders import Address

WIDTH = 72
"""Columns of a plain text letter."""
LONGEST_SUBJECT = 200
_SYMBOLS: Mapping[str, str] = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TOWN_FIRST = frozenset({"AU", "CA", "GB", "IE", "IN", "NZ", "PR", "US"})


def money(amount: Money) -> str:
    """ "$1,042.50", or "1,042.50 CHF" where a sign would be mistaken."""
    sign = _SYMBOLS.get(amount.currency.code)
    if sign is None:
        return str(amount)
    minus = "-" if amount.minor < 0 else ""
    return f"{minus}{sign}{abs(amount.amount):,.{amount.currency.decimals}f}"


def minor(amount: int, currency: Currency) -> str:
    """As `money`, of an amount in minor units."""
    return money(Money(amount, currency))


def percent(share: float) -> str:
    """ "62 %"."""
    return f"{round(100 * share)} %"


def date(at: Day) -> str:
    """ "1 March 2026". Written out, because 3/1 is another day elsewhere."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime) -> str:
    """ "1 March 2026, 12:05 UTC", for a time in UTC."""
    return f"{date(at)}, {at:%H:%M} UTC"


def address_lines(address: Address) -> Sequence[str]:
    """As on the parcel, line by line, without lines that would be empty."""
    if address.country in _TOWN_FIRST:
        region = " ".join(filter(None, (address.state, address.postal_code)))
        town = ", ".join(filter(None, (address.city, region)))
    else:
        town = " ".join(filter(None, (address.postal_code, address.city)))
        town = ", ".join(filter(None, (town, address.state)))
    lines = (
        address.name,
        address.line1,
        address.line2,
        town,
        country_name(address.country),
    )
    return [line for line in lines if line]


def wrapped(text: str) -> str:
    """One paragraph in lines of `WIDTH` columns; a word longer than that keeps its line."""
    return textwrap.fill(
        " ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )


def quoted(text: str) -> str:
    """What somebody else said, line by line behind a "> ", so that none of it can pass for ours."""
    return "\n".join(
        f"> {piece}".rstrip()
        for line in text.splitlines()
        for piece in textwrap.wrap(line, WIDTH - 2, break_on_hyphens=False) or [""]
    )


def row(left: str, right: str) -> str:
    """`left` at the left margin, `right` at the right one, over as many lines as it takes."""
    space = WIDTH - len(right) - 2
    lines = textwrap.wrap(left, space, subsequent_indent="    ") or [""]
    return "\n".join([*lines[:-1], f"{lines[-1]:<{space}}  {right}"])


def spaced(text: str) -> str:
    """With one blank line wherever there are several, and none at either end."""
    lines = (line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def one_line(text: str) -> str:
    """Fit for a subject, whatever `text` contains."""
    plain = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character
        for character in text
    )
    return re.sub(r"\s+", " ", plain).strip()[:LONGEST_SUBJECT].rstrip()
