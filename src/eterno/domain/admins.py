"""Admins: who may look after the shop."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from eterno.domain.errors import Invalid

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_RESERVED = frozenset({"login"})
"""Names that an address of the API needs: `/admins/login` is where one signs in."""
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
_COMMON = frozenset(
    {
        "123456789012", "1234567890123", "abcdefghijkl", "adminadminadmin", "administrator",
        "changemechangeme", "correcthorsebatterystaple", "iloveyouiloveyou", "letmeinletmein",
        "passwordpassword", "password1234", "password12345", "qwertyuiop12", "qwertyuiop123",
        "qwertyuiopasdf", "soapsoapsoap", "welcomewelcome",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """Someone who may look after the shop. The password itself is nowhere, only its hash."""

    id: int
    username: str
    password_hash: str
    active: bool = True
    token_version: int = 1
    """Raised when the password changes, she signs out everywhere or is disabled: older tokens
    die."""

    def with_password(self, password_hash: str) -> Admin:
        """The admin with a new password; whatever token she had is worth nothing now."""
        return replace(self.sign_out(), password_hash=password_hash)

    def rehashed(self, password_hash: str) -> Admin:
        """The admin with the same password, hashed anew; her tokens stay good."""
        return replace(self, password_hash=password_hash)

    def sign_out(self) -> Admin:
        """The admin with the same password; whatever token she had is worth nothing now."""
        return replace(self, token_version=self.token_version + 1)

    def disable(self) -> Admin:
        """The admin who may not look after the shop any more, nor may her tokens."""
        return replace(self.sign_out(), active=False)

    def enable(self) -> Admin:
        """The admin who may look after the shop again. Her tokens from before stay dead."""
        return replace(self, active=True)


def plain_username(text: str) -> str:
    """The name that `text` spells, as it would be kept; whether anybody can have it or not."""
    return text.strip().lower()


def check_username(username: str) -> str:
    """The name as it is kept: lower case.

    Raises `Invalid` unless it is 2 to 40 of a-z, 0-9, dot, dash and underscore, and free to use.
    """
    name = plain_username(username)
    if not _USERNAME.fullmatch(name):
        raise Invalid.field("username", "2 to 40 letters, digits, dots, dashes or underscores")
    if name in _RESERVED:
        raise Invalid.field("username", "nobody can have this one")
    return name


def check_password(password: str, username: str, *, field: str = "password") -> str:
    """The password unchanged.

    Raises `Invalid` naming `field` when it is too short, too long or too easy to guess.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid.field(field, f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) < 4:
        raise Invalid.field(field, "too common")
    if username in folded:
        raise Invalid.field(field, "must not contain the username")
    return password
