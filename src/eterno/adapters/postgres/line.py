"""What a work says to the database. The statements of a sale go past SQLAlchemy's execution.

SQLAlchemy builds them, names their columns and knows their types; from there to the driver it takes
as long again as the driver itself: 92 µs of CPU instead of 44 for each of the many exchanges of a
sale. So what never changes is compiled once and handed to psycopg as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast, overload

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, CursorResult, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement

from eterno.application.ports.store import StoreUnavailable

Values = Mapping[str, object]
_Translation = tuple[str, str, Callable[[Any], Any] | None]
"""The driver's name for a parameter, ours, and how our value is made into one that it takes."""
_Compiled = tuple[str, dict[str, object], Sequence[_Translation]]
"""The text, the values that never change, and the others."""
_BEGIN = "SELECT now(); BEGIN"
"""One exchange instead of two, and a third saved: the statement before BEGIN is of the transaction,
too (PostgreSQL manual, 54.2.2.1), so this is when it began, and nobody needs to ask."""


class Prebuilt:
    """A statement that never changes, but for the values of its parameters.

    `columns` are those that an INSERT or UPDATE without values of its own will be given.
    """

    def __init__(self, statement: ClauseElement, *columns: str) -> None:
        self.statement = statement
        self._columns = columns or None
        self._compiled: _Compiled | None = None

    def for_driver(self, dialect: Dialect, values: Values) -> tuple[str, dict[str, object]]:
        """The text, and the values as psycopg takes them. Raises `KeyError` for one that lacks."""
        if self._compiled is None:
            self._compiled = self._compile(dialect)
        text, constants, translations = self._compiled
        return text, constants | {
            name: values[key] if translate is None else translate(values[key])
            for name, key, translate in translations
        }

    def _compile(self, dialect: Dialect) -> _Compiled:
        compiled = cast(
            SQLCompiler, self.statement.compile(dialect=dialect, column_keys=self._columns)
        )
        constants: dict[str, object] = {}
        translations = []
        for bind, name in compiled.bind_names.items():
            translate = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                translations.append((name, bind.key, translate))
            else:
                constants[name] = translate(bind.value) if translate else bind.value
        return str(compiled), constants, translations


class Answer:
    """All that came back: rows with a name for each column, and how many rows it was about."""

    __slots__ = ("_rows", "rowcount")

    def __init__(self, rows: Sequence[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> Sequence[Any]:
        return self._rows

    def one(self) -> Any:
        """The first row, which is there."""
        return self._rows[0]

    def scalar_one(self) -> Any:
        return self._rows[0][0]

    def one_or_none(self) -> Any:
        """The only row. For questions that cannot have several answers."""
        return self._rows[0] if self._rows else None


class Line:
    """The connection of one work. One that the server has ended is `StoreUnavailable`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._driver = cast(psycopg.Connection[Any], connection.connection.driver_connection)
        self._cursor = self._driver.cursor(row_factory=namedtuple_row)

    def begin(self) -> datetime:
        """When, by the database's clock."""
        self._say(_BEGIN)
        [[now]] = self._cursor.fetchall()
        return cast(datetime, now)

    def commit(self) -> None:
        self._say("COMMIT")

    @overload
    def execute(self, statement: Prebuilt, values: Values) -> Answer: ...

    @overload
    def execute(
        self, statement: Executable, values: Values | Sequence[Values] | None = None
    ) -> CursorResult[Any]: ...

    def execute(self, statement: Prebuilt | Executable, values: Any = None) -> Any:
        """As SQLAlchemy's `Connection.execute`."""
        if not isinstance(statement, Prebuilt):
            return self.connection.execute(statement, values)
        self._say(*statement.for_driver(self.connection.dialect, values))
        cursor = self._cursor
        has_rows = cursor.pgresult is not None and cursor.pgresult.nfields > 0
        return Answer(cursor.fetchall() if has_rows else (), cursor.rowcount)

    def _say(self, text: str, values: Values | None = None) -> None:
        try:
            self._cursor.execute(text, values)
        except psycopg.Error as error:
            if not self._driver.closed:
                raise
            self._let_sqlalchemy_know()
            raise StoreUnavailable from error  # whatever the server's last words were

    def _let_sqlalchemy_know(self) -> None:
        """It finds the connection dead, and forgets those of the pool that are as old."""
        with suppress(DBAPIError):
            self.connection.exec_driver_sql("SELECT 1")
