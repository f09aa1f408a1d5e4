"""Fixtures: a migrated database for each test that needs real commits.

On a throw-away PostgreSQL of our own, or on the server named by SQLALCHEMY_TEST_DATABASE_URI
(PostgreSQL 14 or newer, a role that may create databases). Nothing stays behind on either.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from eterno.adapters.postgres.uri import with_our_driver
from tests.support.cluster import throw_away_cluster

VARIABLE = "SQLALCHEMY_TEST_DATABASE_URI"
_OLDEST, _KNOWS_STRATEGIES = 140_000, 150_000  # server versions


class DatabaseServer:
    """Makes and drops databases, through the database that `uri` names."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        # libpq knows no "+driver"
        self._admin = psycopg.connect(uri.replace("+psycopg", "", 1), autocommit=True)
        if self._admin.info.server_version < _OLDEST:
            raise RuntimeError(f"{VARIABLE} names a PostgreSQL older than 14.")

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URI of a new copy of `template`, which is dropped afterwards, whoever is in it."""
        name = f"eterno_test_{secrets.token_hex(6)}"
        quickly = self._admin.info.server_version >= _KNOWS_STRATEGIES
        self._admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
            + sql.SQL(" STRATEGY file_copy" if quickly else "")
        )
        try:
            yield make_url(self._uri).set(database=name).render_as_string(hide_password=False)
        finally:
            self._admin.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def close(self) -> None:
        self._admin.close()


def external_uri(given: str) -> str:
    """The URI for the driver that we use. Refuses what does not look like a place for tests."""
    try:
        uri = with_our_driver(given)
    except ValueError as error:
        raise pytest.UsageError(f"{VARIABLE}: {error}") from error
    if "test" not in (make_url(uri).database or ""):
        raise pytest.UsageError(
            f"{VARIABLE} must name a database with 'test' in its name: "
            "tests create and drop databases on that server."
        )
    return uri


def pytest_configure() -> None:
    if given := os.environ.get(VARIABLE):
        external_uri(given)  # refuse at once, not at the first test that asks


@pytest.fixture(scope="session")
def database_server() -> Iterator[DatabaseServer]:
    """One per session (with xdist: per worker), started when the first test asks for it."""
    given = os.environ.get(VARIABLE)
    if given:
        server = DatabaseServer(external_uri(given))
        yield server
        server.close()
        return
    with throw_away_cluster() as postgres:
        server = DatabaseServer(postgres.uri)
        yield server
        server.close()


@pytest.fixture(scope="session")
def migrated_template(database_server: DatabaseServer) -> Iterator[str]:
    """The name of a database that is migrated once and then only copied."""
    from eterno.adapters.postgres.migrate import upgrade

    with database_server.database() as uri:
        upgrade(uri)
        name = make_url(uri).database
        assert name is not None
        yield name


@pytest.fixture
def database_uri(database_server: DatabaseServer, migrated_template: str) -> Iterator[str]:
    """A migrated database of this test's own."""
    with database_server.database(migrated_template) as uri:
        yield uri


@pytest.fixture
def empty_database_uri(database_server: DatabaseServer) -> Iterator[str]:
    """A database of this test's own in which nothing was migrated."""
    with database_server.database() as uri:
        yield uri
