"""The shop's memory in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, Engine, create_engine, func, select, text

from eterno.adapters.postgres.catalogue import (
    PostgresCategories,
    PostgresProducts,
    PostgresVariants,
)
from eterno.adapters.postgres.errors import translated
from eterno.adapters.postgres.history import PostgresHistory
from eterno.adapters.postgres.messages import PostgresMessages
from eterno.adapters.postgres.orders import PostgresOrders
from eterno.adapters.postgres.people import PostgresAdmins, PostgresAudit, PostgresThrottle
from eterno.adapters.postgres.queues import PostgresInbox, PostgresOutbox
from eterno.adapters.postgres.refunds import PostgresRefunds
from eterno.adapters.postgres.stock import PostgresReservations, PostgresShelves
from eterno.adapters.postgres.uploads import PostgresUploads
from eterno.adapters.postgres.uri import with_our_driver

SESSION_SETTINGS = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
}
"""A limit on everything that one request may do to the others."""

CONNECT_TIMEOUT = 2
"""Seconds."""
POOL_PATIENCE = 1.0
"""Seconds to wait for a connection before the answer is "try again"."""

_NOW = select(func.now())
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:purpose, 2))")


class PostgresStore:
    """`Store` on PostgreSQL 14 or newer, READ COMMITTED: rows that matter are held by row locks.

    `ahead` is added to the database's clock; it exists so that tests can let time pass.
    """

    def __init__(
        self,
        uri: str,
        *,
        connections: int = 8,
        ahead: Callable[[], timedelta] = timedelta,
    ) -> None:
        self._ahead = ahead
        self.engine = engine_for(uri, connections=connections)

    @contextmanager
    def begin(self) -> Iterator[PostgresWork]:
        with translated(), self.engine.begin() as connection:
            yield PostgresWork(connection, self._ahead)

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection for the views: nothing is changed, nothing is held."""
        with translated(), self.engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back to the server."""
        self.engine.dispose()


class PostgresWork:
    """One transaction."""

    def __init__(self, connection: Connection, ahead: Callable[[], timedelta]) -> None:
        self._connection = connection
        self._ahead = ahead
        self.categories = PostgresCategories(connection)
        self.products = PostgresProducts(connection)
        self.variants = PostgresVariants(connection)
        self.shelves = PostgresShelves(connection)
        self.reservations = PostgresReservations(connection)
        self.orders = PostgresOrders(connection)
        self.refunds = PostgresRefunds(connection)
        self.history = PostgresHistory(connection)
        self.inbox = PostgresInbox(connection)
        self.outbox = PostgresOutbox(connection)
        self.admins = PostgresAdmins(connection)
        self.audit = PostgresAudit(connection)
        self.throttle = PostgresThrottle(connection)
        self.uploads = PostgresUploads(connection)
        self.messages = PostgresMessages(connection)

    def alone(self, purpose: str) -> None:
        self._connection.execute(_ALONE, {"purpose": purpose})

    @cached_property
    def now(self) -> datetime:
        return self._connection.execute(_NOW).scalar_one() + self._ahead()


def engine_for(uri: str, *, connections: int) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items())
    return create_engine(
        with_our_driver(uri),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_PATIENCE,
        hide_parameters=True,  # an error's text goes into logs, a buyer's address does not
        connect_args={"options": settings, "connect_timeout": CONNECT_TIMEOUT},
    )
