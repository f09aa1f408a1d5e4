"""Those who look after the shop."""

from __future__ import annotations

from eterno.adapters.memory.store import MemoryStore
from eterno.domain.admins import Admin
from eterno.domain.audit import Actor


def rosa_in(store: MemoryStore) -> Actor:
    """Rosa, for one request."""
    with store.begin() as work:
        admin = Admin(id=work.admins.next_id(), username="rosa", password_hash="no way in")
        work.admins.add(admin)
    return Actor(admin_id=admin.id, username="rosa", request_id="request-1")


def trail(store: MemoryStore) -> list[tuple[str, str]]:
    """What the audit trail says was done to what."""
    return [(entry.action, entry.subject) for entry in store.tables.audit]
