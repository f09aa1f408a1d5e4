"""An admin who forgot her password gets another one."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.ports.access import Passwords
from eterno.application.ports.store import Store
from eterno.domain.admins import Admin, check_password, plain_username
from eterno.domain.audit import Actor


class ResetPassword:
    """Replace an admin's password without asking for the old one; all her tokens die with it.

    For whoever may run commands on the shop's machine, and therefore offered nowhere else.
    """

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    def __call__(self, username: str, password: str) -> Admin:
        """The admin as she is now. Raises `Invalid` for a poor password, `NotFound`."""
        name = plain_username(username)
        password_hash = self._passwords.hash(check_password(password, name))
        with self._store.begin() as work:
            before = work.admins.hold(name)
            after = before.with_password(password_hash)
            work.admins.save(after)
            actor = Actor.at_the_terminal(after)
            record(work, actor, "reset password", f"admin {name}", before=before, after=after)
            return after
