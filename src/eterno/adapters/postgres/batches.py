"""One statement, many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, Insert, Update


def execute_for_each(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, object]]
) -> None:
    """Run the statement once for each row, in one exchange with the server; not at all for none
    (SQLAlchemy would take an empty list for one row of defaults)."""
    if rows:
        connection.execute(statement, rows)
