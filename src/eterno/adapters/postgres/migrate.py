"""Bringing a database up to what this code expects."""

from __future__ import annotations

import random
import time
from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from eterno.adapters.postgres.errors import translated
from eterno.adapters.postgres.uri import with_our_driver
from eterno.application.ports.store import CollidedWork

TRIES = 20
"""How often a migration that finds requests in its way is tried."""
PAUSE = 1.0
"""Seconds between two tries, more or less; longer than the requests that were in the way."""
_PACKAGED = Path(__file__).parents[2] / "migrations"
_IN_THE_PROJECT = Path(__file__).parents[4] / "migrations"


def upgrade(uri: str, revision: str = "head") -> None:
    """Run the migrations that the database at `uri` has not seen, each in its own transaction.

    Several processes may do so at once: one does it, the others wait. Where requests are in its way
    a migration gives up at once, lest they queue behind it, and is tried again, `TRIES` times in
    all; steps that were done stay done. Raises `StoreUnavailable`.
    """
    for _ in range(TRIES - 1):
        try:
            return _upgrade(uri, revision)
        except CollidedWork:
            time.sleep(random.uniform(0.5, 1.5) * PAUSE)  # noqa: S311 - guards nothing
    return _upgrade(uri, revision)


def _upgrade(uri: str, revision: str) -> None:
    with translated():
        command.upgrade(config_for(uri), revision)


def downgrade(uri: str, revision: str) -> None:
    """Take migrations back, down to `revision` ("base": all), and with them what they kept."""
    with translated():
        command.downgrade(config_for(uri), revision)


def head() -> str:
    """The revision this code expects."""
    revision = ScriptDirectory.from_config(config_for("")).get_current_head()
    if revision is None:
        raise LookupError("no migrations were found")
    return revision


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """All revisions of this code, the newest first."""
    script = ScriptDirectory.from_config(config_for(""))
    return tuple(step.revision for step in script.walk_revisions())


@lru_cache(maxsize=1)
def oldest_served() -> str:
    """The oldest revision that this code can serve: its own, or the one before where the newest
    migration says that the code can do without it (`CODE_CAN_WAIT = True`)."""
    script = ScriptDirectory.from_config(config_for(""))
    newest = script.get_revision(head())
    return known()[1 if getattr(newest.module, "CODE_CAN_WAIT", False) else 0]


def is_too_old(revision: str | None) -> bool:
    """Whether a database at `revision` lacks something that this code needs.

    One that we do not know was made by a newer Eterno: it is not too old.
    """
    return revision is None or revision in known()[known().index(oldest_served()) + 1 :]


def is_too_new(revision: str | None) -> bool:
    """Whether a database at `revision` is more than one migration ahead of this code.

    The next one leaves this code working, because it runs while this code serves; of those after it
    nobody has promised anything.
    """
    return revision is not None and revision not in known() and int(revision) > int(head()) + 1


def current(uri: str) -> str | None:
    """The revision the database at `uri` is at; None for one that was never migrated.

    Raises `StoreUnavailable`.
    """
    engine = create_engine(with_our_driver(uri))
    try:
        with translated(), engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def config_for(uri: str) -> Config:
    """Alembic's configuration for the database at `uri`, without any file."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _IN_THE_PROJECT
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["uri"] = uri
    return config
