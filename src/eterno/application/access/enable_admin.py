"""An admin comes back."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.ports.store import Store
from eterno.domain.admins import Admin, plain_username
from eterno.domain.audit import Actor


class EnableAdmin:
    """Let somebody who was disabled look after the shop again, with the password that she had.

    For whoever may run commands on the shop's machine, and therefore offered nowhere else. Enabling
    her again changes nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, username: str) -> Admin:
        """The admin as she is now. Raises `NotFound`."""
        with self._store.begin() as work:
            before = work.admins.hold(plain_username(username))
            after = before.enable()
            work.admins.save(after)
            actor = Actor.at_the_terminal(after)
            subject = f"admin {after.username}"
            record(work, actor, "enable admin", subject, before=before, after=after)
            return after
