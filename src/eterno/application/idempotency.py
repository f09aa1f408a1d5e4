"""Asking for the same thing twice under one key, so that it is done once."""

from __future__ import annotations

from eterno.domain.errors import Conflict, Invalid

LONGEST_KEY = 255


class KeyReused(Conflict):
    """The same idempotency key came with another wish."""

    code = "idempotency_key_reused"


def check_key(key: str | None) -> str | None:
    """The key unchanged. Raises `Invalid` unless it is short and plain, or missing."""
    if key is not None and not (
        1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    ):
        raise Invalid.field("Idempotency-Key", f"1 to {LONGEST_KEY} printable ASCII characters")
    return key
