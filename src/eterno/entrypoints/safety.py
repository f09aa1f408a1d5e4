"""What a shop that takes real money must not start with."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from eterno.entrypoints.outside import choices
from eterno.entrypoints.setting_texts import BadSettings
from eterno.entrypoints.settings import Settings

LEAST_VARIETY = 8
"""So many different bytes, and different steps from one byte to the next, have 32 random ones, even
if they are hexadecimal digits. A letter repeated, a pattern or an alphabet has not."""
TELLTALES = ("change", "default", "eterno", "example", "password", "secret")
"""Words that chance does not write. Every secret that stands in our own documents has one."""


def unsafe(settings: Settings) -> list[str]:
    """Every reason why these settings must not serve in production; none outside production."""
    return list(_reasons(settings)) if settings.is_production else []


def refuse_unsafe(settings: Settings) -> None:
    """Raises `BadSettings` with all reasons at once."""
    if reasons := unsafe(settings):
        raise BadSettings("\n  ".join(["production does not start with this:", *reasons]))


def _reasons(settings: Settings) -> Iterator[str]:
    for choice in choices(settings):
        if choice.is_sandbox:
            yield f"{choice.port}: the sandbox only plays at it ({choice.why})"
    if settings.stripe_key and not settings.stripe_is_live:
        yield "STRIPE_SECRET_KEY: a test key takes no money"
    yield from _secret_reasons(settings)
    for name, url in (("FRONTEND_URL", settings.frontend_url), ("PUBLIC_URL", settings.public_url)):
        if not url or urlsplit(url).scheme != "https":
            yield f"{name}: must be set, and begin with https://"
    if "http://" in settings.cors_origins.lower():
        yield "CORS_ORIGINS: all must begin with https://"
    if settings.checkout_limits == "off":
        yield "CHECKOUT_LIMITS: off is for load tests"


def _secret_reasons(settings: Settings) -> Iterator[str]:
    if not settings.token_keys:
        yield "ADMIN_JWT_SECRET: must be set, so that all processes have the same"
    if any(is_guessable(key) for key in settings.token_keys):
        yield "ADMIN_JWT_SECRET: too easy to guess; let a program make it"


def is_guessable(secret: str) -> bool:
    """Whether a secret that is long enough was copied from a document or typed by a cat."""
    letters = secret.encode()
    steps = {after - before for before, after in pairwise(letters)}
    return min(len(set(letters)), len(steps)) < LEAST_VARIETY or any(
        word in secret.casefold() for word in TELLTALES
    )
