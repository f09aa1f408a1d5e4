"""An admin changes her password."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.access.identify import NOT_VALID
from eterno.application.access.verify_password import VerifyPassword
from eterno.application.ports.access import Passwords
from eterno.application.ports.store import Store
from eterno.domain.admins import check_password, plain_username
from eterno.domain.audit import Actor
from eterno.domain.errors import Denied, Unauthenticated


class ChangePassword:
    """Give an admin a new password of her own choice; all her tokens die with the old one.

    Nobody changes another's, and a token alone is not enough: whoever found one must not be able to
    keep its owner out. Guesses at the current password are limited, apart from those at signing in,
    lest somebody at the door keep her from changing it.
    """

    def __init__(self, store: Store, verify_password: VerifyPassword, passwords: Passwords) -> None:
        self._store = store
        self._verify_password = verify_password
        self._passwords = passwords

    def __call__(self, actor: Actor, username: str, *, current: str, new: str) -> None:
        """Raises `Denied` for another's password and a wrong current one, `Invalid` for a poor new
        one, `TooManyGuesses` and `PasswordsBusy`."""
        if plain_username(username) != actor.username:
            raise Denied("A password can be changed only by the admin whose it is")
        check_password(new, actor.username, field="new_password")
        admin = self._verify_password(
            actor.username, current, counted_as=[f"password of {actor.username}"]
        )
        if admin is None:
            raise Denied("This is not the current password")
        password_hash = self._passwords.hash(new)
        with self._store.begin() as work:
            before = work.admins.hold(actor.username)
            if before.token_version != admin.token_version:  # changed or disabled in the meantime
                raise Unauthenticated(NOT_VALID)
            after = before.with_password(password_hash)
            work.admins.save(after)
            record(
                work,
                actor,
                "change password",
                f"admin {after.username}",
                before=before,
                after=after,
            )
