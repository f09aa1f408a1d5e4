"""Migrations run while the shop serves: each keeps to the rules of docs/operations.md, or says in
`WHILE_SERVING` why it need not."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event

from eterno.adapters.postgres import migrate
from tests.migrations.blocking import complaints

TIDY = (
    "ALTER TABLE orders ADD COLUMN gift BOOLEAN",
    "ALTER TABLE orders ADD COLUMN gift BOOLEAN DEFAULT false NOT NULL",
    "CREATE INDEX CONCURRENTLY ix_orders_total ON orders (total)",
    "ALTER TABLE orders ADD CONSTRAINT ck CHECK (total > 0) NOT VALID",
    "ALTER TABLE orders VALIDATE CONSTRAINT ck",
    "DROP INDEX CONCURRENTLY ix_orders_total",
)
BLOCKING = (
    "CREATE INDEX ix_orders_total ON orders (total)",
    "CREATE UNIQUE INDEX ix_orders_total ON orders (total)",
    "ALTER TABLE orders ADD CONSTRAINT ck CHECK (total > 0)",
    "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY(x) REFERENCES y (id)",
    "ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (total)",
    "ALTER TABLE orders ALTER COLUMN total TYPE BIGINT",
    "ALTER TABLE orders ALTER COLUMN total SET NOT NULL",
    "ALTER TABLE orders ADD COLUMN gift BOOLEAN NOT NULL",
    "ALTER TABLE orders ADD COLUMN token UUID DEFAULT gen_random_uuid() NOT NULL",
    "ALTER TABLE orders DROP COLUMN total",
    "ALTER TABLE orders RENAME COLUMN total TO sum",
    "DROP TABLE orders",
    "UPDATE orders SET total = 0",
    "INSERT INTO order_events (order_id) SELECT id FROM orders",
)


@pytest.mark.parametrize("statement", TIDY)
def test_what_harms_nobody_may_be_done(statement: str) -> None:
    assert complaints([statement]) == []


@pytest.mark.parametrize("statement", BLOCKING)
def test_what_would_block_or_break_a_shop_that_serves_is_found(statement: str) -> None:
    assert complaints([statement])


def test_of_a_table_that_is_new_nobody_knows_yet() -> None:
    made = ["CREATE TABLE gifts (id INT)", "CREATE INDEX ix_gifts_id ON gifts (id)"]
    assert complaints(made) == []


def test_every_migration_keeps_to_the_rules_or_says_why_not(empty_database_uri: str) -> None:
    script = ScriptDirectory.from_config(migrate.config_for(empty_database_uri))
    said: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for step in [*script.walk_revisions()][::-1]:
            said.clear()
            migrate.upgrade(empty_database_uri, step.revision)
            reason = getattr(step.module, "WHILE_SERVING", "")
            assert reason or complaints(said) == [], step.revision
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_revisions_are_numbers_that_grow() -> None:
    """A code that meets the next one knows that it is only the next one."""
    numbers = [int(revision) for revision in migrate.known()]
    assert numbers == sorted(numbers, reverse=True)
    assert all(len(revision) == 4 for revision in migrate.known())
