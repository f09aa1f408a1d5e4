"""The statements that visitors and buyers wait for find their rows by an index."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, text

from eterno.adapters.postgres import (
    catalogue,
    order_search,
    orders,
    queues,
    shop_window,
    stock,
    tables,
    views,
)
from eterno.adapters.postgres.batches import rows_for
from eterno.adapters.postgres.line import Prebuilt
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.views import OrderQuery, Wanted
from eterno.domain.orders import OrderState

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = {"id": uuid4(), "session_id": "cs_1", "session_url": "https://pay.example/cs_1"}

SHELF = {"variant_id": 1, "on_hand": 5, "reserved": 0}


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    """On small tables reading everything is the best plan; we ask what is done on large ones."""
    store = PostgresStore(database_uri, connections=1)
    with store.look() as connection:
        connection.execute(text("SET enable_seqscan = off"))
    yield store
    store.close()


def plan(connection: Connection, statement: Any, given: dict[str, Any]) -> str:
    """How the database goes about it."""
    if isinstance(statement, Prebuilt):
        statement = statement.statement
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, written: str, parameters: Any, *___: Any) -> None:
        asked.append((written, parameters))

    event.listen(connection, "before_cursor_execute", note)
    connection.execute(statement, given)
    event.remove(connection, "before_cursor_execute", note)
    [(written, parameters)] = asked
    explained = connection.exec_driver_sql(f"EXPLAIN {written}", parameters)
    return "\n".join(explained.scalars())


HOT: dict[str, tuple[Any, dict[str, Any]]] = {
    "an order by id": (orders._HOLD_BY_ID, {"name": uuid4()}),
    "an order by token": (orders._HOLD_BY_TOKEN, {"name": "t"}),
    "an order by key": (orders._BY_KEYS, {"keys": ["k"]}),
    "overdue orders": (orders._OVERDUE, {"now": NOW, "most": 10}),
    "what clients hold": (orders._OPEN_OF, {"clients": ["203.0.113.7"]}),
    "the pages of orders": (orders._REMEMBER, rows_for(tables.orders, [PAGE])),
    "offers": (catalogue._OFFERS, {"ids": [1]}),
    "shelves": (stock._HOLD, {"ids": [1]}),
    "reservations": (stock._MOVE, {"order": uuid4(), "before": "held", "after": "released"}),
    "due tasks": (queues._CLAIM, {"now": NOW, "limit": 5, "most": 10, "until": NOW}),
    "variants of products": (shop_window._VARIANTS_OF, {"ids": [1]}),
    "categories of products": (shop_window._CATEGORIES_OF, {"ids": [1]}),
    "products that changed": (shop_window._SOME_PRODUCTS, {"ids": [1]}),
    "what is left on shelves": (stock._SAVE, rows_for(tables.shelves, [SHELF])),
    "notices of a payment": (queues._KEPT, {"intent": "pi_1"}),
    "the end of a notice": (
        queues._CLOSE,
        {"notice": "evt_1", "outcome": "paid", "closed_at": NOW, "order_id": None},
    ),
}


@pytest.mark.parametrize("name", HOT)
def test_it_is_found_by_an_index(store: PostgresStore, name: str) -> None:
    statement, given = HOT[name]
    with store.look() as connection:
        assert "Seq Scan" not in plan(connection, statement, given)


def test_tasks_that_were_done_are_not_read_to_tell_how_the_shop_is(store: PostgresStore) -> None:
    with store.look() as connection:
        told = plan(connection, views._PULSE, {})
    assert "ix_outbox_due" in told
    assert "ix_outbox_dead" in told
    assert "Seq Scan on outbox" not in told


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(text="oat honey"), "ix_products_words"),
        (Wanted(after=5), "pk_products"),
        (Wanted(category=1), "ix_product_categories_category_id"),
    ],
)
def test_a_page_is_found_by_an_index(store: PostgresStore, wanted: Wanted, index: str) -> None:
    with store.look() as connection:
        assert index in plan(connection, shop_window.question_for(wanted), {})


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (OrderQuery(), "ix_orders_created_at_id"),
        (OrderQuery(until=NOW, after=uuid4()), "ix_orders_created_at_id"),
        (OrderQuery(state=OrderState.PAID), "ix_orders_state_created_at_id"),
        (OrderQuery(text="rosa june"), "ix_orders_search_words"),
        (OrderQuery(text="rosa june", state=OrderState.PAID, since=NOW), "CTE Scan on found"),
    ],
)
def test_a_page_of_orders_is_found_by_an_index(
    store: PostgresStore, query: OrderQuery, index: str
) -> None:
    with store.look() as connection:
        told = plan(connection, order_search.found_by(query), {})
    assert index in told
    assert "Seq Scan" not in told
