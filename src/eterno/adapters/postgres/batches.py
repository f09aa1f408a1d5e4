"""One statement, many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    TableValuedAlias,
    Update,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

Rows = Sequence[Mapping[str, object]]


def execute_for_each(connection: Connection, statement: Insert | Update, rows: Rows) -> None:
    """Run the statement once for each row, in one exchange with the server; not at all for none
    (SQLAlchemy would take an empty list for one row of defaults)."""
    if rows:
        connection.execute(statement, rows)


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert the rows by one statement, the same for any number of them: prepared once, one
    exchange, where one execution for each row takes several. All have the same columns."""
    if rows:
        connection.execute(_insertion(table, tuple(rows[0])), columns_of(table, rows))


def unnested(table: Table, *columns: str) -> TableValuedAlias:
    """Rows given as parameters, one array for each column; see `columns_of`."""
    given = (bindparam(f"{table.name}_{name}", type_=ARRAY(table.c[name].type)) for name in columns)
    return func.unnest(*given).table_valued(*columns, name=f"given_{table.name}").render_derived()


def columns_of(table: Table, rows: Rows) -> dict[str, list[object]]:
    """The parameters that `unnested` expects: the rows turned on their side."""
    return {f"{table.name}_{name}": [row[name] for row in rows] for name in rows[0]}


@cache
def _insertion(table: Table, columns: tuple[str, ...]) -> Insert:
    return insert(table).from_select(columns, select(unnested(table, *columns)))
