"""Money: whole minor units plus a currency. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from eterno.domain.errors import Invalid

MOST_MINOR_UNITS = 99_999_999
"""The highest price of one piece, and what Stripe charges at most in one payment."""

_NO_DECIMALS = frozenset(
    {
        "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
        "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    }
)  # fmt: skip
"""Currencies that Stripe counts in whole units."""


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency by its ISO 4217 code, upper case. Raises `Invalid` for anything else."""

    code: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.code):
            raise Invalid.field("currency", "a code of three capital letters, such as USD")

    @property
    def decimals(self) -> int:
        """Digits behind the point: 2 for dollars and cents, 0 for yen."""
        return 0 if self.code in _NO_DECIMALS else 2

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents), of one currency. Mixing currencies is a `ValueError`."""

    minor: int
    currency: Currency

    @classmethod
    def price(cls, amount: Decimal, currency: Currency, field: str = "price") -> Money:
        """A price as people write it (8.99), in minor units.

        Raises `Invalid` naming `field` unless it is a finite number above zero with no more
        decimals than the currency has, up to `MOST_MINOR_UNITS`.
        """
        if not amount.is_finite():
            raise Invalid.field(field, "must be an amount of money")
        least, most = (cls(minor, currency).amount for minor in (1, MOST_MINOR_UNITS))
        if not least <= amount <= most:
            raise Invalid.field(field, f"between {least} and {most}")
        # In whole numbers: decimal arithmetic would round away what is wrong with 8.99000…01.
        numerator, denominator = amount.as_integer_ratio()
        minor, rest = divmod(numerator * 10**currency.decimals, denominator)
        if rest:
            raise Invalid.field(field, f"at most {currency.decimals} decimals")
        return cls(minor, currency)

    @classmethod
    def zero(cls, currency: Currency) -> Money:
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """As people write it: 8.99."""
        return Decimal(self.minor).scaleb(-self.currency.decimals)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, quantity: int) -> Money:
        return Money(self.minor * quantity, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __str__(self) -> str:
        return f"{self.amount:,.{self.currency.decimals}f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return other
