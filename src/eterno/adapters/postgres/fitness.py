"""Whether this database is one that work can be done on now."""

from __future__ import annotations

from sqlalchemy import Connection, text

from eterno.adapters.postgres import migrate
from eterno.application.ports.store import StoreUnavailable

_STATE = text(
    "SELECT current_setting('transaction_read_only') = 'on',"
    " (SELECT max(version_num) FROM alembic_version)"
)
_LITTLE_MEMORY = text("SET LOCAL work_mem = '64kB'")
_TOO_MUCH_FOR_MEMORY = text("SELECT count(*) FROM generate_series(1, 4000)")
"""Goes by way of a temporary file of some 80 KB: the one thing that writes to the disk and leaves
nothing behind, neither rows nor WAL. A full disk says so."""


def check(connection: Connection) -> None:
    """Raises `StoreUnavailable`, or what `translated` makes into it, when nothing can be written,
    when the disk is full, and when the database is older than this code can serve."""
    read_only, revision = connection.execute(_STATE).one()
    if read_only or migrate.is_too_old(revision):
        raise StoreUnavailable
    connection.execute(_LITTLE_MEMORY)
    connection.execute(_TOO_MUCH_FOR_MEMORY)
