"""Passwords and tokens for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from eterno.application.ports.access import Claims
from eterno.application.ports.system import Clock
from eterno.domain.errors import Unauthenticated


class PlainPasswords:
    """Implements `Passwords`, and hides nothing: the "hash" is the password after a number."""

    def __init__(self) -> None:
        self.scheme = "plain"
        """Test control: how hashes begin. With another one, those made before need a new one."""
        self._salts = count(1)

    def hash(self, password: str) -> str:
        return f"{self.scheme}${next(self._salts)}${password}"

    def verify(self, password: str, password_hash: str) -> bool:
        scheme, _, rest = password_hash.partition("$")
        _, separator, hidden = rest.partition("$")
        return scheme.startswith("plain") and bool(separator) and hidden == password

    def needs_rehash(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"{self.scheme}$")


class MemoryTokens:
    """Implements `Tokens`: a token is a number in a list, good for an hour."""

    LIFETIME = timedelta(hours=1)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[Claims, datetime]] = {}

    def issue(self, claims: Claims) -> str:
        token = f"token-{len(self._issued) + 1}"
        self._issued[token] = (claims, self._clock.now() + self.LIFETIME)
        return token

    def read(self, token: str) -> Claims:
        claims, until = self._issued.get(token, (None, self._clock.now()))
        if claims is None or until <= self._clock.now():
            raise Unauthenticated("Invalid or expired token")
        return claims
