"""Bringing a database up to what this code expects.

Alembic is imported by whoever migrates: a start that finds nothing to do does without.
"""

from __future__ import annotations

import random
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, text

from eterno.adapters.postgres.errors import translated
from eterno.adapters.postgres.uri import with_our_driver
from eterno.application.ports.store import CollidedWork

if TYPE_CHECKING:
    from alembic.config import Config

TRIES = 20
"""How often a migration that finds requests in its way is tried."""
PAUSE = 1.0
"""Seconds between two tries, more or less; longer than the requests that were in the way."""
_PACKAGED = Path(__file__).parents[2] / "migrations"
_IN_THE_PROJECT = Path(__file__).parents[4] / "migrations"
_IS_MARKED = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_MARK = text("SELECT version_num FROM alembic_version")


def upgrade(uri: str, revision: str = "head") -> None:
    """Run the migrations that the database at `uri` has not seen, each in its own transaction.

    Several processes may do so at once: one does it, the others wait. Where requests are in its way
    a migration gives up at once, lest they queue behind it, and is tried again, `TRIES` times in
    all; steps that were done stay done. Raises `StoreUnavailable`.
    """
    if revision == "head" and current(uri) == head():
        return None
    for _ in range(TRIES - 1):
        try:
            return _upgrade(uri, revision)
        except CollidedWork:
            time.sleep(random.uniform(0.5, 1.5) * PAUSE)  # noqa: S311 - guards nothing
    return _upgrade(uri, revision)


def _upgrade(uri: str, revision: str) -> None:
    from alembic import command

    with translated():
        command.upgrade(config_for(uri), revision)


def downgrade(uri: str, revision: str) -> None:
    """Take migrations back, down to `revision` ("base": all), and with them what they kept."""
    from alembic import command

    with translated():
        command.downgrade(config_for(uri), revision)


def head() -> str:
    """The revision this code expects."""
    return known()[0]


@lru_cache(maxsize=1)
def known() -> tuple[str, ...]:
    """All revisions of this code, the newest first: each is what its file's name begins with."""
    files = (_folder() / "versions").glob("[0-9]*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))


@lru_cache(maxsize=1)
def oldest_served() -> str:
    """The oldest revision that this code can serve: its own, or the one before where the newest
    migration says that the code can do without it (`CODE_CAN_WAIT = True`)."""
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory.from_config(config_for("")).get_revision(head())
    return known()[1 if getattr(newest.module, "CODE_CAN_WAIT", False) else 0]


def is_too_old(revision: str | None) -> bool:
    """Whether a database at `revision` lacks something that this code needs.

    One that we do not know was made by a newer Eterno: it is not too old.
    """
    if revision == head():
        return False
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
            if not connection.execute(_IS_MARKED).scalar_one():
                return None
            return connection.execute(_MARK).scalar_one_or_none()
    finally:
        engine.dispose()


def config_for(uri: str) -> Config:
    """Alembic's configuration for the database at `uri`, without any file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.attributes["uri"] = uri
    return config


def _folder() -> Path:
    return _PACKAGED if _PACKAGED.is_dir() else _IN_THE_PROJECT
