"""Finding the shop that a command is about: its database, wherever it runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from eterno.adapters.postgres import migrate
from eterno.adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from eterno.application.ports.store import StoreUnavailable
from eterno.entrypoints.cli.output import CommandFailed
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.settings import Settings

PAUSE = 1.0
"""Seconds between two looks whether the database answers."""

log = logging.getLogger(__name__)


@contextmanager
def database_of(settings: Settings) -> Iterator[str]:
    """The address of the shop's database. The embedded one is joined when it runs, and else started
    for as long as this lasts. Raises `CommandFailed`."""
    if settings.database_uri:
        yield settings.database_uri
        return
    try:
        postgres = EmbeddedPostgres.open(settings.data_dir / "postgres")
    except EmbeddedPostgresError as error:
        raise CommandFailed(str(error)) from error
    with postgres:
        yield postgres.uri


@contextmanager
def opened(settings: Settings) -> Iterator[Shop]:
    """The shop, on a database that is up to date. Raises `CommandFailed`."""
    with database_of(settings) as uri:
        require_served(uri)
        with live(settings, uri) as shop:
            yield shop


def require_served(uri: str) -> None:
    """Raises `CommandFailed` unless this code can serve the database: at its own revision, or one
    away from it, as during a deploy."""
    have, want = migrate.current(uri), migrate.head()
    if migrate.is_too_old(have):
        raise CommandFailed(
            f"the database is at revision {have or 'none'}, and this Eterno needs {want}: "
            "run `eterno migrate`"
        )
    if migrate.is_too_new(have):
        raise CommandFailed(
            f"the database is at revision {have}, and this Eterno knows {want}: "
            "it needs a newer Eterno"
        )


def wait_until_served(uri: str) -> None:
    """As `require_served`, for what serves: as long as the database does not answer it waits, and
    says so, because after a power cut nobody promises who starts first. Raises `CommandFailed`."""
    while True:
        try:
            return require_served(uri)
        except StoreUnavailable as silence:
            reason = str(silence.__cause__).partition("\n")[0]
            log.warning("waiting for the database: %s", reason)
        time.sleep(PAUSE)
