"""Names made of time and chance."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

_VERSION = 7 << 76
_VARIANT = 0b10 << 62
_RANDOM = (1 << 76) - 1 & ~(0b11 << 62)


class SystemIds:
    """Implements `Ids`."""

    def new(self) -> UUID:
        """A UUID of version 7 (RFC 9562): 48 bits of milliseconds since 1970, then 74 random bits
        around version and variant. Such names sort by age, which keeps database pages together."""
        milliseconds = time.time_ns() // 1_000_000
        chance = secrets.randbits(76) & _RANDOM
        return UUID(int=milliseconds << 80 | _VERSION | _VARIANT | chance)

    def token(self) -> str:
        return secrets.token_urlsafe(24)
