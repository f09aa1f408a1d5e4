"""An admin leaves."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.ports.store import Store
from eterno.domain.admins import plain_username
from eterno.domain.audit import Actor
from eterno.domain.errors import Conflict


class LastAdmin(Conflict):
    """Without her nobody could look after the shop."""

    code = "last_admin"

    def __init__(self) -> None:
        super().__init__("The last admin cannot be removed")


class DisableAdmin:
    """Let somebody look after the shop no longer; her tokens die at once.

    She is not erased: what she did stays in the audit trail under her name, which nobody else can
    have. Disabling her again changes nothing.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor | None, username: str) -> None:
        """`actor` is None at a terminal. Raises `NotFound`, and `LastAdmin` for the last who is
        active.

        Works of this kind wait for each other, so that of two admins who disable each other at the
        same moment one stays.
        """
        with self._store.begin() as work:
            work.alone("disable admin")
            before = work.admins.hold(plain_username(username))
            if not before.active:
                return
            if work.admins.count() == 1:
                raise LastAdmin
            after = before.disable()
            work.admins.save(after)
            record(
                work,
                actor or Actor.at_the_terminal(after),
                "disable admin",
                f"admin {after.username}",
                before=before,
                after=after,
            )
