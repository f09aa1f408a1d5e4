"""Who looks after the shop."""

from __future__ import annotations

from eterno.adapters.memory.tables import Sequences, Tables, rule
from eterno.application.ports.store import AlreadyThere
from eterno.domain.admins import Admin


class MemoryAdmins:
    def __init__(self, draft: Tables, sequences: Sequences) -> None:
        self._draft = draft
        self._sequences = sequences

    def next_id(self) -> int:
        return self._sequences.next("admin")

    def add(self, admin: Admin) -> None:
        if self.find(admin.username):
            raise AlreadyThere("username")
        rule("an admin's id is its own", admin.id not in self._draft.admins)
        self._draft.admins[admin.id] = admin

    def find(self, username: str) -> Admin | None:
        admins = self._draft.admins.values()
        return next((admin for admin in admins if admin.username == username), None)

    def count(self) -> int:
        return sum(admin.active for admin in self._draft.admins.values())
