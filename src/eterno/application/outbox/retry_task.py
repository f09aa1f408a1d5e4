"""A dead letter gets another chance."""

from __future__ import annotations

from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound


class RetryTask:
    """Make a dead task due again, with its attempts forgotten."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, actor: Actor, id: UUID) -> None:
        """Raises `NotFound` for a task that is not dead: it was retried already, or never was."""
        again(lambda: self._retry(actor, id))

    def _retry(self, actor: Actor, id: UUID) -> None:
        with self._store.begin() as work:
            if not work.outbox.revive(id, work.now):
                raise NotFound("Dead task", id)
            audit.record(
                work,
                actor,
                "retry task",
                f"task {id}",
                before={"state": "dead"},
                after={"state": "due"},
            )
