"""Who is who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from eterno.domain.errors import Unavailable


class PasswordsBusy(Unavailable):
    """More passwords are waiting to be looked at than makes sense."""

    code = "passwords_busy"

    def __init__(self) -> None:
        super().__init__("Too many people are signing in; please try again in a moment")


class Passwords(Protocol):
    """Passwords are kept only as slow, salted hashes.

    Slow enough that only a few are looked at at a time: when too many wait, any more are refused
    with `PasswordsBusy`.
    """

    def hash(self, password: str) -> str:
        """A hash of the password, never twice the same."""
        ...

    def verify(self, password: str, password_hash: str) -> bool:
        """Whether the hash was made of this password. Takes as long when it was not."""
        ...

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made in another way than `hash` makes them today."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says: which admin, and which version of her."""

    admin_id: int
    version: int


class Tokens(Protocol):
    """Proof that somebody signed in not long ago."""

    def issue(self, claims: Claims) -> str:
        """A token for these claims, never twice the same, that dies by itself after a while."""
        ...

    def read(self, token: str) -> Claims:
        """The claims of a token that was issued here and is not too old.

        Raises `Unauthenticated` for anything else, whatever it is.
        """
        ...
