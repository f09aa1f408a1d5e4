"""Bringing a database up to what this code expects."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from eterno.adapters.postgres.errors import translated
from eterno.adapters.postgres.uri import with_our_driver

_PACKAGED = Path(__file__).parents[2] / "migrations"
_IN_THE_PROJECT = Path(__file__).parents[4] / "migrations"


def upgrade(uri: str, revision: str = "head") -> None:
    """Run the migrations that the database at `uri` has not seen, each in its own transaction.

    Several processes may do so at once: one does it, the others wait. Raises `StoreUnavailable`.
    """
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
