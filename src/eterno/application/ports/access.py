"""Who is who."""

from __future__ import annotations

from typing import Protocol


class Passwords(Protocol):
    """Passwords are kept only as slow, salted hashes."""

    def hash(self, password: str) -> str:
        """A hash of the password, never twice the same."""
        ...

    def verify(self, password: str, password_hash: str) -> bool:
        """Whether the hash was made of this password. Takes as long when it was not."""
        ...
