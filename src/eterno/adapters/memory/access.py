"""Passwords for tests."""

from __future__ import annotations

from itertools import count


class PlainPasswords:
    """Implements `Passwords`, and hides nothing: the "hash" is the password after a number."""

    def __init__(self) -> None:
        self._salts = count(1)

    def hash(self, password: str) -> str:
        return f"plain${next(self._salts)}${password}"

    def verify(self, password: str, password_hash: str) -> bool:
        scheme, _, rest = password_hash.partition("$")
        _, separator, hidden = rest.partition("$")
        return scheme == "plain" and bool(separator) and hidden == password
