"""What changed, asked of the rows themselves: whoever wrote them, and however."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
import pytest
from sqlalchemy import Connection

from eterno.adapters.postgres.changes import PostgresCatalogueChanges
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.shop_window import PostgresShopWindow, shown_products
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.store import StoreUnavailable
from eterno.application.ports.views import CatalogueNews, ShownProduct
from eterno.domain.catalog import Product
from tests.builders import add_category, add_product, place, put_on_sale
from tests.support.cluster import connect


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


@pytest.fixture
def changes(database_uri: str, shelf: Product) -> Iterator[PostgresCatalogueChanges]:
    """Of another process: it hears nothing of what this store does. It has had its first look."""
    elsewhere = PostgresStore(database_uri, connections=2)
    changes = PostgresCatalogueChanges(elsewhere, OwnNews())
    changes.look()
    yield changes
    elsewhere.close()


@pytest.fixture
def shelf(store: PostgresStore) -> Product:
    """A product with two variants, in a category."""
    product = add_product(store, categories=(add_category(store),))
    put_on_sale(store, product)
    put_on_sale(store, product, size="200 g")
    put_on_sale(store)
    return product


@pytest.fixture
def somebody(database_uri: str) -> Iterator[psycopg.Connection]:
    """Who writes into the database past the shop."""
    with connect(database_uri) as connection:
        yield connection


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE products SET name = 'Oats' WHERE id = {id}",
        "UPDATE variants SET price = 950 WHERE product_id = {id}",
        "UPDATE variants SET archived = true WHERE id = (SELECT min(id) FROM variants)",
        "UPDATE categories SET name = 'Presents'",
        "INSERT INTO variants (product_id, sku, size, price, currency) VALUES"
        " ({id}, 'NEW', '5 g', 100, 'USD')",
        "DELETE FROM product_categories",
        "DELETE FROM categories",
        "DELETE FROM stock_movements; DELETE FROM variants WHERE id ="
        " (SELECT max(id) FROM variants WHERE product_id = {id})",
    ],
)
def test_only_the_product_that_looks_different_is_told(
    changes: PostgresCatalogueChanges,
    store: PostgresStore,
    shelf: Product,
    somebody: psycopg.Connection,
    change: str,
) -> None:
    somebody.execute("ALTER TABLE stock_movements DISABLE TRIGGER ALL")
    somebody.execute(change.format(id=shelf.id).encode())
    somebody.commit()

    news = changes.look()

    window = PostgresShopWindow(store)
    assert list(news.shown) == [window.product(shelf.id)]
    assert (news.anew, news.gone) == (False, frozenset())
    assert news.categories == (window.categories() if " categories" in change else None)
    assert changes.look() == CatalogueNews()


def test_of_what_is_only_counted_or_sold_the_pieces_are_told(
    changes: PostgresCatalogueChanges, somebody: psycopg.Connection
) -> None:
    somebody.execute(
        "UPDATE shelves SET on_hand = 99 WHERE variant_id = (SELECT min(id) FROM variants)"
    )
    somebody.commit()

    news = changes.look()

    assert (list(news.stock.values()), news.shown, news.gone) == ([99], (), frozenset())
    assert changes.look() == CatalogueNews()


def test_what_is_archived_is_gone(
    changes: PostgresCatalogueChanges, shelf: Product, somebody: psycopg.Connection
) -> None:
    somebody.execute("UPDATE products SET archived = true WHERE id = %s", [shelf.id])
    somebody.commit()

    news = changes.look()

    assert (news.shown, news.gone) == ((), frozenset({shelf.id}))


def test_what_was_under_way_during_a_look_is_told_by_the_next_one(
    database_uri: str,
    changes: PostgresCatalogueChanges,
    shelf: Product,
    somebody: psycopg.Connection,
) -> None:
    somebody.execute("UPDATE products SET name = 'Slow' WHERE id = %s", [shelf.id])
    somebody.execute("SAVEPOINT within")
    somebody.execute("UPDATE variants SET price = 950 WHERE product_id = %s", [shelf.id])
    with connect(database_uri) as other:
        other.execute("UPDATE shelves SET on_hand = 77")
    first = changes.look()
    assert (set(first.stock.values()), first.shown) == ({77}, ())

    somebody.commit()

    assert "Slow" in {told.product.name for told in changes.look().shown}


def test_after_a_look_that_failed_everything_is_told_anew(
    changes: PostgresCatalogueChanges, somebody: psycopg.Connection
) -> None:
    with somebody:
        somebody.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(StoreUnavailable):
        changes.look()
    assert changes.look().anew


def test_what_this_process_sold_is_looked_at_whatever_else_happened(
    database_uri: str, shelf: Product
) -> None:
    news = OwnNews()
    store = PostgresStore(database_uri, news=news)
    changes = PostgresCatalogueChanges(store, news)
    changes.look()
    [variant, _] = PostgresShopWindow(store).product(shelf.id).variants
    with store.begin() as work:
        place(work, (variant.variant, 1))
    changes.look()

    assert changes.own_stock() == {variant.variant.id: 9}

    assert changes.look().stock == {variant.variant.id: 9}  # it was told ahead, so it is told again
    assert changes.look() == CatalogueNews()
    store.close()


def test_what_changed_and_how_it_looks_are_of_one_moment(
    changes: PostgresCatalogueChanges,
    store: PostgresStore,
    shelf: Product,
    somebody: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen: sorted into a category between the two, and out of it before the next look."""
    gifts = add_category(store)
    place_of_it = [shelf.id, gifts.id]

    def interrupted(connection: Connection, ids: Sequence[int]) -> Sequence[ShownProduct]:
        somebody.execute("INSERT INTO product_categories VALUES (%s, %s)", place_of_it)
        somebody.commit()
        return shown_products(connection, ids)

    somebody.execute("UPDATE products SET name = 'Another name' WHERE id = %s", [shelf.id])
    somebody.commit()
    with monkeypatch.context() as patch:
        patch.setattr("eterno.adapters.postgres.changes.shown_products", interrupted)
        (told,) = changes.look().shown

    assert told.product.name == "Another name"
    assert gifts not in told.categories
    (told,) = changes.look().shown
    assert gifts in told.categories
