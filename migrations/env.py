"""How Alembic reaches the database: from `eterno migrate`, or from its own command line.

On the command line (`alembic revision --autogenerate`, `alembic check`) the address comes from
SQLALCHEMY_DATABASE_URI.
"""

import os

from alembic import context
from sqlalchemy import create_engine, text

from eterno.adapters.postgres.tables import metadata
from eterno.adapters.postgres.uri import with_our_driver

ONE_MIGRATOR_AT_A_TIME = 0x6574_6572_6E6F
"""Key of the advisory lock that several starting processes queue at."""


def run() -> None:
    uri = context.config.attributes.get("uri") or os.environ["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(with_our_driver(uri))
    try:
        with engine.connect() as connection:
            lock = {"key": ONE_MIGRATOR_AT_A_TIME}
            connection.execute(text("SELECT pg_advisory_lock(:key)"), lock)
            # Whoever waits for a lock makes all requests wait behind it: give up sooner than they
            # do (3 s). `eterno migrate` tries again.
            connection.execute(text("SET lock_timeout = '1s'"))
            connection.commit()
            context.configure(
                connection=connection,
                target_metadata=metadata,
                transaction_per_migration=True,
                compare_server_default=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), lock)
            connection.commit()
    finally:
        engine.dispose()


run()
