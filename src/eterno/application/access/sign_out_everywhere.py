"""An admin signs out wherever she is signed in."""

from __future__ import annotations

from eterno.application.access.audit import record
from eterno.application.ports.store import Store
from eterno.domain.admins import plain_username
from eterno.domain.audit import Actor
from eterno.domain.errors import Denied


class SignOutEverywhere:
    """Let all tokens of an admin die at once; her password stays.

    For whoever lost a phone, or forgot to sign out at another's desk. Nobody signs another out:
    that is what `DisableAdmin` is for. A token that was found is enough: all that it can do here
    ends itself too.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, username: str) -> None:
        """Raises `Denied` for another's tokens."""
        if plain_username(username) != actor.username:
            raise Denied("An admin is signed out everywhere only by herself")
        with self._store.begin() as work:
            before = work.admins.hold(actor.username)
            after = before.sign_out()
            work.admins.save(after)
            subject = f"admin {after.username}"
            record(work, actor, "sign out everywhere", subject, before=before, after=after)
