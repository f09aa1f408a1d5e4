"""A new admin."""

from __future__ import annotations

from eterno.application.ports.access import Passwords
from eterno.application.ports.store import Store
from eterno.domain.admins import Admin, check_password, check_username


class CreateAdmin:
    """Let somebody look after the shop.

    The password is kept only as a slow hash, made before the store is asked for anything.
    """

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords

    def __call__(self, username: str, password: str) -> Admin:
        """The new admin.

        Raises `Invalid` for a poor name or password, `AlreadyThere` for a name in use.
        """
        name = check_username(username)
        password_hash = self._passwords.hash(check_password(password, name))
        with self._store.begin() as work:
            admin = Admin(id=work.admins.next_id(), username=name, password_hash=password_hash)
            work.admins.add(admin)
            return admin
