"""Whether the shop is well, for whoever watches over its processes."""

from __future__ import annotations

from litestar import get
from msgspec import Struct

from eterno.application.ports.store import Store
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC


class HealthOut(Struct, frozen=True):
    status: str


@get(
    "/health/live",
    summary="Is the process alive",
    tags=["Health"],
    sync_to_thread=False,
    opt=PUBLIC,
)
def live() -> HealthOut:
    """The process answers. Says nothing about the database: restarting us would not mend that."""
    return HealthOut("alive")


@get("/health/ready", summary="Can it serve", tags=["Health"], sync_to_thread=True, opt=PUBLIC)
def ready(notice_store: Given[Store]) -> HealthOut:
    """The database answers and takes changes; 503 while it does not, while it is read-only, while
    its disk is full, and when it is older than this Eterno can serve."""
    with notice_store.begin() as work:
        work.check_fitness()
    return HealthOut("ready")
