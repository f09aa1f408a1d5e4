"""A new admin."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.ports.access import Passwords
from eterno.application.ports.store import Store
from eterno.domain.admins import Admin, check_password, check_username
from eterno.domain.audit import Actor


class CreateAdmin:
    """Let somebody look after the shop.

    The first admin is made at a terminal; later ones also by an admin. The password is kept only as
    a slow hash, made before the store is asked for anything.
    """

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    def __call__(self, username: str, password: str, *, by: Actor | None = None) -> Admin:
        """The new admin. Made at a terminal, she is made `by` nobody.

        Raises `Invalid` for a poor name or password, `AlreadyThere` for a name in use.
        """
        name = check_username(username)
        password_hash = self._passwords.hash(check_password(password, name))
        with self._store.begin() as work:
            admin = Admin(id=work.admins.next_id(), username=name, password_hash=password_hash)
            work.admins.add(admin)
            actor = by or Actor.at_the_terminal(admin)
            record(work, actor, "create admin", f"admin {name}", after=admin)
            return admin
