"""What the database says about a row it refuses does not reach the logs."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from eterno.adapters.postgres.store import PostgresStore
from eterno.entrypoints.logs import JsonLines

EMAIL = "marker@example.org"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (
            "INSERT INTO admins (username, password_hash, active, token_version)"
            " VALUES (:email, NULL, true, 1)",
            "psycopg.errors.NotNullViolation",
        ),
        (
            "SELECT CAST(CAST(:email AS text) AS integer)",
            "psycopg.errors.InvalidTextRepresentation",
        ),
        (
            "INSERT INTO categories (id, name, description) VALUES (1, :email, ''), (1, '', '')",
            "psycopg.errors.UniqueViolation (pk_categories)",
        ),
    ],
)
def test_an_error_of_the_database_is_told_without_the_row(
    database_uri: str, statement: str, kind: str
) -> None:
    store = PostgresStore(database_uri)
    with pytest.raises(DBAPIError) as error, store.engine.begin() as connection:
        connection.execute(text(statement), {"email": EMAIL})
    store.close()

    record = logging.LogRecord("shop", logging.ERROR, "", 0, "failed", None, None)
    record.exc_info = (error.type, error.value, error.tb)
    line = JsonLines().format(record)

    assert EMAIL not in line
    assert kind in json.loads(line)["trace"]


def test_a_line_without_an_error_has_no_trace() -> None:
    record = logging.LogRecord("shop", logging.INFO, "", 0, "all is %s", ("well",), sys.exc_info())

    assert set(json.loads(JsonLines().format(record))) == {"at", "level", "from", "say"}
