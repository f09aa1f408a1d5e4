"""Forgetting what is old costs as much as there is of it, and not as much as there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Delete, Update, create_engine, text

from eterno.adapters.postgres import tables, traces

TERMS = {"before": datetime(2026, 1, 1, tzinfo=UTC), "salt": "salt", "most": 500}


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (traces._FORGET_ATTEMPTS, "ix_orders_known_client"),
        (traces._oldest(tables.messages, tables.messages.c.at), "ix_messages_at"),
        (traces._oldest(tables.attempts, tables.attempts.c.at), "ix_attempts_at"),
        (
            traces._oldest(
                tables.payment_notices,
                tables.payment_notices.c.received_at,
                tables.payment_notices.c.closed_at.is_not(None),
            ),
            "ix_payment_notices_closed",
        ),
    ],
    ids=["attempts", "messages", "tries", "notices"],
)
def test_the_old_ones_are_found_by_an_index(
    database_uri: str, statement: Update | Delete, index: str
) -> None:
    engine = create_engine(database_uri)
    question = statement.compile(engine)
    terms = question.construct_params(TERMS)
    with engine.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        plan = connection.exec_driver_sql(f"EXPLAIN {question}", terms).scalars().all()
    engine.dispose()

    assert index in "\n".join(plan)
