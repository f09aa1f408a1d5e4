"""One statement, many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import (
    JSON,
    Insert,
    Table,
    TableValuedAlias,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
)

from eterno.adapters.postgres.line import Line, Prebuilt

Rows = Sequence[Mapping[str, object]]


def execute_for_each(line: Line, statement: Insert | Update, rows: Rows) -> None:
    """Run the statement once for each row, in one exchange with the server; not at all for none
    (SQLAlchemy would take an empty list for one row of defaults)."""
    if rows:
        line.execute(statement, rows)


def insert_all(line: Line, table: Table, rows: Rows) -> None:
    """Insert the rows by one statement, the same for any number of them: prepared once, one
    exchange, where one execution for each row takes several. All have the same columns."""
    if rows:
        line.execute(_insertion(table, tuple(rows[0])), rows_for(table, rows))


def given(table: Table, *columns: str) -> TableValuedAlias:
    """Rows that come as one parameter; see `rows_for`."""
    rows = bindparam(f"{table.name}_rows", type_=JSON)
    of_table = (column(name, table.c[name].type) for name in columns)
    alias = func.json_to_recordset(rows).table_valued(*of_table, name=f"given_{table.name}")
    return alias.render_derived(with_types=True)


def rows_for(table: Table, rows: Rows) -> dict[str, Rows]:
    """The parameter that `given` expects. One document takes the driver a quarter of the time that
    an array for each column takes."""
    return {f"{table.name}_rows": rows}


@cache
def _insertion(table: Table, columns: tuple[str, ...]) -> Prebuilt:
    return Prebuilt(insert(table).from_select(columns, select(given(table, *columns))))
