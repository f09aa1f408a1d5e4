"""Who did what: every change an admin makes leaves a line that is never altered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from eterno.domain.admins import Admin

TERMINAL = "(terminal)"
"""Stands where a username does; nobody can be called that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The admin on whose behalf something is done, for one request.

    A story that needs an admin takes one of these: without it there is nothing to pass, so no
    entrypoint can forget to ask who it is.
    """

    admin_id: int
    username: str
    request_id: str
    """The request that it was done by, as the logs name it; at a terminal, the program."""

    @classmethod
    def at_the_terminal(cls, about: Admin) -> Actor:
        """Whoever may run commands on the shop's machine, and ran one about this admin: somebody
        whose name we do not know, under the id of the one concerned."""
        return cls(admin_id=about.id, username=TERMINAL, request_id="eterno")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One line of the audit trail. `before` and `after` are what changed, as plain values; a thing
    that was made has no before, one that was removed no after."""

    at: datetime
    actor: Actor
    action: str
    """A verb and a noun: "edit product"."""
    subject: str
    """What it was done to: "product 7"."""
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
