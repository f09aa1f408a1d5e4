"""On whose behalf a command is run."""

from __future__ import annotations

from eterno.domain.audit import Actor
from eterno.entrypoints.cli.output import CommandFailed
from eterno.entrypoints.container import Shop


def actor_of(shop: Shop, username: str, command: str) -> Actor:
    """The admin of that name, running this command. Raises `CommandFailed` unless she may look
    after the shop."""
    with shop.store().begin() as work:
        admin = work.admins.find(username)
    if admin is None or not admin.active:
        raise CommandFailed(f"no admin {username}")
    return Actor(admin_id=admin.id, username=admin.username, request_id=command)
