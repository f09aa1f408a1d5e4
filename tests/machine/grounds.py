"""What the shop machine stands on: a forgetful store, or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, create_engine, text

from eterno.adapters.memory.books import MemoryBooks
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.views import MemoryOrderDesk, MemoryOutboxDesk
from eterno.adapters.postgres import tables
from eterno.adapters.postgres.books import PostgresBooks
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import PostgresOrderDesk, PostgresOutboxDesk
from eterno.adapters.system.clock import SystemClock
from tests.machine.stage import Ground
from tests.support.clock import FixedClock

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def in_memory() -> Ground:
    clock = FixedClock()
    store = MemoryStore(clock)
    return Ground(
        store=store,
        books=MemoryBooks(store),
        order_desk=MemoryOrderDesk(store),
        outbox_desk=MemoryOutboxDesk(store),
        clock=clock,
        advance=clock.advance,
        within=False,
        is_quick=True,
    )


@contextmanager
def in_postgres(uri: str) -> Iterator[Callable[[], Ground]]:
    """Makes grounds, one after the other, each of which finds the database empty."""
    ahead = [timedelta(0)]
    store = PostgresStore(uri, connections=20, ahead=lambda: ahead[0])
    watch = create_engine(store.engine.url, isolation_level="AUTOCOMMIT")
    with watch.connect() as watcher:

        def advance(time: timedelta) -> None:
            ahead[0] += time

        def waiting() -> int:
            return int(watcher.execute(WAITING).scalar_one())

        def ground() -> Ground:
            ahead[0] = timedelta(0)
            with store.engine.begin() as connection:
                empty(connection)
            return Ground(
                store=store,
                books=PostgresBooks(store),
                order_desk=PostgresOrderDesk(store),
                outbox_desk=PostgresOutboxDesk(store),
                clock=SystemClock(lambda: ahead[0]),
                advance=advance,
                within=True,
                waiting=waiting,
            )

        yield ground
    watch.dispose()
    store.close()


def empty(connection: Connection) -> None:
    """Take out everything, also what can else never be taken out."""
    names = [table.name for table in tables.metadata.sorted_tables]
    for name in names:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))
    for name in names:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
