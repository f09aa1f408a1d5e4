"""An admin signs in."""

from __future__ import annotations

from contextlib import suppress

from eterno.application.access.verify_password import VerifyPassword
from eterno.application.ports.access import Claims, Tokens
from eterno.domain.admins import check_username
from eterno.domain.errors import Invalid, Unauthenticated


class SignIn:
    """Exchange a name and a password for a token.

    Guesses are limited per account and per client address. An unknown name, a wrong password and a
    disabled admin get the same answer after the same work. Nobody who signs in uses up the tries of
    others; but whoever guesses at one name long enough keeps its owner from signing in too, for
    five minutes after each tenth guess. That is the price of the limit per account; a token that
    was got before stays good, and `eterno admin` needs none.
    """

    def __init__(self, verify_password: VerifyPassword, tokens: Tokens) -> None:
        self._verify_password = verify_password
        self._tokens = tokens

    def __call__(self, username: str, password: str, *, client: str) -> str:
        """A token. Raises `Unauthenticated`, `TooManyGuesses` and `PasswordsBusy`."""
        admin = self._verify_password(username, password, counted_as=_subjects(username, client))
        if admin is None:
            raise Unauthenticated("Invalid credentials")
        return self._tokens.issue(Claims(admin_id=admin.id, version=admin.token_version))


def _subjects(username: str, client: str) -> list[str]:
    """What a try is counted as. What can be no name has no account, and is not written down: it may
    be long, or a password that was typed into the wrong box."""
    subjects = [f"login from {client}"]
    with suppress(Invalid):
        subjects.append(f"login of {check_username(username)}")
    return subjects
