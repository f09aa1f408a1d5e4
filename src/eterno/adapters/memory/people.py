"""Who looks after the shop, what they did, and how often somebody tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from eterno.adapters.memory.tables import Sequences, Tables, rule
from eterno.application.ports.store import AlreadyThere
from eterno.domain.admins import Admin
from eterno.domain.audit import AuditEntry
from eterno.domain.errors import NotFound


class MemoryAdmins:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences
        self._held: set[int] = set()

    def next_id(self) -> int:
        return self._sequences.next("admin")

    def add(self, admin: Admin) -> None:
        if self.find(admin.username):
            raise AlreadyThere("username")
        rule("an admin's id is its own", admin.id not in self._draft.admins)
        self._draft.admins[admin.id] = admin

    def save(self, admin: Admin) -> None:
        rule("an admin is held before she is changed", admin.id in self._held)
        self._draft.admins[admin.id] = admin

    def find(self, username: str) -> Admin | None:
        admins = self._draft.admins.values()
        return next((admin for admin in admins if admin.username == username), None)

    def find_by_id(self, id: int) -> Admin | None:
        return self._draft.admins.get(id)

    def hold(self, username: str) -> Admin:
        admin = self.find(username)
        if admin is None:
            raise NotFound("Admin")
        self._held.add(admin.id)
        return admin

    def all(self) -> Sequence[Admin]:
        return sorted(self._draft.admins.values(), key=lambda admin: admin.id)

    def count(self) -> int:
        return sum(admin.active for admin in self._draft.admins.values())


class MemoryAudit:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def record(self, entry: AuditEntry) -> None:
        rule("an audit entry names an admin", entry.actor.admin_id in self._draft.admins)
        self._draft.audit.append(entry)


class MemoryThrottle:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def take(self, subject: str, at: datetime, *, most: int, within: timedelta) -> bool:
        recent = [
            moment for moment in self._draft.attempts.get(subject, ()) if moment > at - within
        ]
        if len(recent) >= most:
            return False
        self._draft.attempts[subject] = (*recent, at)
        return True

    def give_back(self, subject: str, at: datetime) -> None:
        moments = list(self._draft.attempts.get(subject, ()))
        if at in moments:
            moments.remove(at)
            self._draft.attempts[subject] = tuple(moments)
