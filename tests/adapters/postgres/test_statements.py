"""What the shop asks of the database: a fixed number of questions, however large the catalogue."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from eterno.adapters.postgres.shop_window import PostgresShopWindow
from eterno.adapters.postgres.store import PostgresStore
from tests.builders import add_category, add_product, put_on_sale


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


def statements(store: PostgresStore, question: Callable[[], object]) -> int:
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        question()
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(asked)


def test_a_listing_costs_the_same_number_of_statements_for_any_catalogue(
    store: PostgresStore,
) -> None:
    window = PostgresShopWindow(store)
    category = add_category(store)
    costs = []
    for products in (1, 30):
        for _ in range(products):
            product = add_product(store, categories=(category,))
            put_on_sale(store, product)
            put_on_sale(store, product)
        costs.append(
            (
                statements(store, window.products),
                statements(store, partial(window.product, window.products()[-1].product.id)),
                statements(store, window.categories),
                statements(store, partial(window.category, category.id)),
            )
        )
    assert costs[0] == costs[1] == (3, 3, 1, 4)
    assert len(window.products()) == 31
