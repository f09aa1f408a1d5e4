"""How settings are written that are more than a word or a number, and what they mean."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from eterno.domain.money import Currency, Money

SHORTEST_TOKEN_KEY = 32
"""Bytes; as long as the signature itself (RFC 7518, 3.2)."""
MOST_RATES = 5
"""Stripe offers no more on one page."""
_DAYS = re.compile(r"(?P<least>\d{1,3})-(?P<most>\d{1,3})")
_RATE = re.compile(
    r"(?P<name>[^:]{1,60}):(?P<price>\d{1,6}(?:\.\d{2})?):(?P<least>\d{1,3})-(?P<most>\d{1,3})"
)


class BadSettings(Exception):
    """A setting is missing or cannot be right. The message says which and what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRate:
    """A way of delivery that buyers may choose. `days` are business days, at least and at most."""

    name: str
    amount: Money
    days: tuple[int, int]


def origin_of(url: str, name: str = "FRONTEND_URL, PUBLIC_URL and CORS_ORIGINS") -> str:
    """The scheme, host and port of `url`, as browsers write an origin. Raises `BadSettings`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadSettings(f"{name}: http(s)://host[:port]")
    return f"{parts.scheme}://{parts.netloc}"


def zone_named(name: str) -> ZoneInfo:
    """Raises `BadSettings`, also for a folder of zones."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSettings("SHOP_TIMEZONE: a name such as America/Denver") from None


def countries_in(text: str) -> tuple[str, ...]:
    """Raises `BadSettings`."""
    codes = tuple(code.strip() for code in text.split(","))
    if not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
        raise BadSettings("SHIPPING_COUNTRIES: codes of two capital letters, such as US,CA")
    return codes


def rates_in(text: str, currency: Currency) -> tuple[DeliveryRate, ...]:
    """Raises `BadSettings`."""
    written = text.split(",")
    found = [_RATE.fullmatch(rate.strip()) for rate in written]
    rates = [_rate(match, currency) for match in found if match]
    if len(rates) != len(written) or len(rates) > MOST_RATES:
        raise BadSettings("SHIPPING_RATES: up to 5 of name:price:days-days, comma-separated")
    return tuple(rates)


def window_in(text: str) -> tuple[int, int]:
    """Days, at least and at most. Raises `BadSettings`."""
    match = _DAYS.fullmatch(text)
    if not match or int(match["least"]) > int(match["most"]):
        raise BadSettings("PRODUCTION_DAYS: two numbers of days, such as 7-14")
    return int(match["least"]), int(match["most"])


def token_keys_in(text: str) -> tuple[str, ...]:
    """Raises `BadSettings` for one too short."""
    keys = tuple(key for key in text.split(",") if key)
    if any(len(key.encode()) < SHORTEST_TOKEN_KEY for key in keys):
        raise BadSettings(f"ADMIN_JWT_SECRET: at least {SHORTEST_TOKEN_KEY} bytes")
    return keys


def networks_in(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Raises `BadSettings`."""
    parts = (part.strip() for part in text.split(","))
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in parts if part)
    except ValueError:
        raise BadSettings("TRUSTED_PROXIES: networks such as 10.0.0.0/8") from None


def printable_host(host: str) -> str:
    """As it stands in an address."""
    if host in ("0.0.0.0", "::"):  # noqa: S104  # listening everywhere; naming it nowhere
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _rate(match: re.Match[str], currency: Currency) -> DeliveryRate:
    price = Decimal(match["price"]).scaleb(currency.decimals)
    if price % 1:
        raise BadSettings(f"SHIPPING_RATES: {currency} has no such fractions")
    return DeliveryRate(
        name=match["name"].strip(),
        amount=Money(int(price), currency),
        days=(int(match["least"]), int(match["most"])),
    )
