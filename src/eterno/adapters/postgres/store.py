"""The shop's memory in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Engine, create_engine, text

from eterno.adapters.postgres import fitness
from eterno.adapters.postgres.catalogue import (
    PostgresCategories,
    PostgresProducts,
    PostgresVariants,
)
from eterno.adapters.postgres.demand import PostgresCosts, PostgresDemand
from eterno.adapters.postgres.errors import translated
from eterno.adapters.postgres.gate import Gate
from eterno.adapters.postgres.history import PostgresHistory
from eterno.adapters.postgres.line import Line, Prebuilt
from eterno.adapters.postgres.messages import PostgresMessages
from eterno.adapters.postgres.news import OwnNews, has_written_catalogue, watch
from eterno.adapters.postgres.orders import PostgresOrders
from eterno.adapters.postgres.people import PostgresAdmins, PostgresAudit, PostgresThrottle
from eterno.adapters.postgres.queues import PostgresInbox, PostgresOutbox
from eterno.adapters.postgres.refunds import PostgresRefunds
from eterno.adapters.postgres.stock import PostgresReservations, PostgresShelves
from eterno.adapters.postgres.traces import PostgresTraces
from eterno.adapters.postgres.uploads import PostgresUploads
from eterno.adapters.postgres.uri import with_our_driver
from eterno.application.ports.store import StoreUnavailable

SESSION_SETTINGS = {
    "statement_timeout": "5s",
    "lock_timeout": "3s",
    "idle_in_transaction_session_timeout": "10s",
    "timezone": "UTC",
}
"""A limit on everything that one request may do to the others."""

CONNECT_TIMEOUT = 2
"""Seconds."""
WATCHFULNESS = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that vanished from the network without a goodbye is given up after some 10 seconds (as
libpq counts: seconds, seconds, times, milliseconds); else each of its connections would keep a
request waiting for hours. On a Unix socket libpq ignores it."""
POOL_PATIENCE = 1.0
"""Seconds to wait for a connection before the answer is "try again"."""

_ONE_MOMENT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NOW = text("SELECT now()")
_ALONE = Prebuilt(text("SELECT pg_advisory_xact_lock(hashtextextended(:purpose, 2))"))


class PostgresStore:
    """`Store` on PostgreSQL 14 or newer, READ COMMITTED: rows that matter are held by row locks.

    `ahead` is added to the database's clock; it exists so that tests can let time pass. `news`
    hears what the works of this process have committed.
    """

    def __init__(
        self,
        uri: str,
        *,
        connections: int = 8,
        ahead: Callable[[], timedelta] = timedelta,
        news: OwnNews | None = None,
    ) -> None:
        self._ahead = ahead
        self._news = news or OwnNews()
        self._connections = connections
        self.engine = engine_for(uri, connections=connections)
        watch(self.engine)
        self._gate = Gate(connections, patience=POOL_PATIENCE)

    @contextmanager
    def begin(self) -> Iterator[PostgresWork]:
        with self.transaction() as (line, now):
            work = PostgresWork(line, now)
            yield work
            stirred = has_written_catalogue(line.connection)
        self._news.tell(work.shelves.saved, stirred=stirred)

    @contextmanager
    def transaction(self) -> Iterator[tuple[Line, datetime]]:
        """A line whose changes are kept together, or not at all; and when it began."""
        with translated(), self._gate.inside(), self.engine.connect() as connection:
            line = Line(connection)
            yield line, line.begin() + self._ahead()
            line.commit()  # where we do not come by, the pool rolls back

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A connection for the views: nothing is changed, nothing is held."""
        with translated(), self._gate.inside(), self.engine.connect() as connection:
            yield connection

    def now(self, connection: Connection) -> datetime:
        """When this transaction began, by the clock that decides deadlines."""
        began: datetime = connection.execute(_NOW).scalar_one()
        return began + self._ahead()

    def close(self) -> None:
        """Give all connections back to the server, when those who use one have finished, or have
        not within a moment."""
        with ExitStack() as places:
            with suppress(StoreUnavailable):
                for _ in range(self._connections):
                    places.enter_context(self._gate.inside())
            self.engine.dispose()


class PostgresWork:
    """One transaction."""

    def __init__(self, line: Line, now: datetime) -> None:
        self._line = line
        self.now = now
        self.categories = PostgresCategories(line)
        self.products = PostgresProducts(line)
        self.variants = PostgresVariants(line)
        self.shelves = PostgresShelves(line)
        self.reservations = PostgresReservations(line)
        self.orders = PostgresOrders(line)
        self.refunds = PostgresRefunds(line)
        self.history = PostgresHistory(line)
        self.demand = PostgresDemand(line)
        self.costs = PostgresCosts(line)
        self.inbox = PostgresInbox(line)
        self.outbox = PostgresOutbox(line)
        self.admins = PostgresAdmins(line)
        self.audit = PostgresAudit(line)
        self.throttle = PostgresThrottle(line)
        self.uploads = PostgresUploads(line)
        self.messages = PostgresMessages(line)
        self.traces = PostgresTraces(line)

    def alone(self, purpose: str) -> None:
        self._line.execute(_ALONE, {"purpose": purpose})

    def check_fitness(self) -> None:
        fitness.check(self._line.connection)


@contextmanager
def at_one_moment(connection: Connection) -> Iterator[None]:
    """Whatever is asked in the meantime is answered as it was at the first question."""
    connection.exec_driver_sql(_ONE_MOMENT)
    yield
    connection.exec_driver_sql("COMMIT")  # where we do not come by, the pool rolls back


def engine_for(uri: str, *, connections: int) -> Engine:
    settings = " ".join(f"-c {name}={value}" for name, value in SESSION_SETTINGS.items())
    return create_engine(
        with_our_driver(uri),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_PATIENCE,
        json_serializer=msgspec.json.encode,  # dates and UUIDs too, and quicker
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,  # an error's text goes into logs, a buyer's address does not
        isolation_level="AUTOCOMMIT",  # transactions begin and end where `begin` says so
        connect_args={"options": settings, "connect_timeout": CONNECT_TIMEOUT, **WATCHFULNESS},
    )
