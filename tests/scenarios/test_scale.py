"""Ten thousand products: listed page by page, found by words, and one change is one change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import event

from eterno.adapters.postgres.changes import PostgresCatalogueChanges
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.shop_window import PostgresShopWindow
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.views import ShownProduct, Wanted
from eterno.entrypoints.container import live
from eterno.entrypoints.http import catalogue_bytes, wire
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.http.catalogue_bytes import Catalogue
from eterno.entrypoints.settings import read_settings
from tests.support.cluster import connect

MANY = 10_000
FILL = Path(__file__).parents[2] / "bench" / "sql" / "catalogue.sql"


@pytest.fixture
def database(database_uri: str) -> str:
    with connect(database_uri) as connection:
        connection.execute(FILL.read_bytes())
        connection.commit()
    return database_uri


@pytest.fixture
def client(database: str, tmp_path: Path) -> Iterator[TestClient[Any]]:
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path)})
    with live(settings, database) as shop, TestClient(create_app(shop)) as client:
        yield client


def test_a_large_shop_is_listed_page_by_page_though_nobody_asked(client: TestClient[Any]) -> None:
    seen: list[int] = []
    path, pages = "/products", 0
    while path:
        answer = client.get(path)
        seen += [product["id"] for product in answer.json()]
        path, pages = answer.links.get("next", {}).get("url", ""), pages + 1
        assert pages == 1 or len(answer.content) < 100_000

    assert (len(seen), seen) == (MANY, sorted(set(seen)))
    assert pages == 1 + (MANY - 500) // 100


def test_a_word_finds_the_one_that_has_it(client: TestClient[Any]) -> None:
    found = client.get("/products", params={"q": "soap 81dc9bdb52d04"}).json()

    assert [product["slug"] for product in found] == ["bench-1234"]


def test_a_page_takes_as_many_questions_as_in_a_small_shop(database: str) -> None:
    store = PostgresStore(database, connections=1)
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    page = PostgresShopWindow(store).page(Wanted(after=5000, most=50))
    store.close()

    assert (len(page.products), page.more, len(asked)) == (50, True, 3)


def test_when_one_product_changes_one_is_told_and_one_is_written(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []

    def summary_out(shown: ShownProduct, picture: wire.PictureUrl) -> wire.ProductSummaryOut:
        written.append(shown.product.id)
        return wire.summary_out(shown, picture)

    monkeypatch.setattr(catalogue_bytes, "summary_out", summary_out)
    store = PostgresStore(database, connections=1)
    changes, catalogue = PostgresCatalogueChanges(store, OwnNews()), Catalogue(str, unpaged=500)
    catalogue.hear(changes.look())
    catalogue.reply("/products")
    other = catalogue.reply("/products/77")
    assert len(written) == 500
    written.clear()
    with connect(database) as somebody:
        somebody.execute("UPDATE products SET name = 'Brand new' WHERE id = 5")
        somebody.commit()

    news = changes.look()
    catalogue.hear(news)
    after = catalogue.reply("/products")

    assert [told.product.id for told in news.shown] == [5]
    assert after is not None
    assert b"Brand new" in after.body
    assert written == [5]
    assert catalogue.reply("/products/77") is other
    store.close()
