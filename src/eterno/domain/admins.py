"""Admins: who may look after the shop."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eterno.domain.errors import Invalid

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
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
    """Raised when the password changes or the admin is disabled: older tokens die."""


def check_username(username: str) -> str:
    """The name as it is kept: lower case.

    Raises `Invalid` unless it is 2 to 40 of a-z, 0-9, dot, dash and underscore.
    """
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid.field("username", "2 to 40 letters, digits, dots, dashes or underscores")
    return name


def check_password(password: str, username: str) -> str:
    """The password unchanged.

    Raises `Invalid` when it is too short, too long or too easy to guess.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid.field("password", f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) < 4:
        raise Invalid.field("password", "too common")
    if username in folded:
        raise Invalid.field("password", "must not contain the username")
    return password
