"""The catalogue as ready bytes: the same as the application's own, and never out of date."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Timer
from typing import Any, cast
from unittest.mock import patch

import pytest
from litestar.testing import TestClient

from eterno.adapters.memory.changes import MemoryCatalogueChanges
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.views import MemoryShopWindow
from eterno.application.ports.store import StoreUnavailable
from eterno.application.ports.views import CatalogueChanges, CatalogueNews
from eterno.entrypoints.container import Shop
from eterno.entrypoints.http import showcase
from eterno.entrypoints.http.app import create_app
from tests.builders import add_category, add_product, put_on_sale
from tests.support.shops import FRONTEND, ShopOverHttp, shop_over_http

SAME = {"X-Request-Id": "the-same-one"}
TOKEN = {"Authorization": "Bearer anything"}


class Elsewhere:
    """Implements `CatalogueChanges` for a process that changes nothing itself, and whose looks can
    be made to hang or fail."""

    stirs = 0

    def __init__(self, changes: CatalogueChanges) -> None:
        self._changes = changes
        self.open = Event()
        self.open.set()
        self.fails = False
        self.takes = 0.0
        self.looks = 0

    def look(self) -> CatalogueNews:
        self.looks += 1
        assert self.open.wait(10)
        time.sleep(self.takes)
        if self.fails:
            raise StoreUnavailable
        return self._changes.look()

    def own_stock(self) -> Mapping[int, int]:
        return {}


class Silence:
    """Implements `CatalogueChanges`, for a listener that hears nothing and so knows nothing."""

    stirs = 0

    def look(self) -> CatalogueNews:
        raise RuntimeError("nobody there")

    def own_stock(self) -> Mapping[int, int]:
        return {}


@contextmanager
def another_process(shop: Shop) -> Iterator[tuple[TestClient[Any], Elsewhere]]:
    """On the same store."""
    elsewhere = Elsewhere(MemoryCatalogueChanges(cast(MemoryStore, shop.store())))
    with (
        shop.catalogue_changes.override(elsewhere),
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        yield client, elsewhere


def names(client: TestClient[Any]) -> list[str]:
    return [product["name"] for product in client.get("/products").json()]


def soon(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether it comes to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return False


@contextmanager
def without_showcase(shop: Shop) -> Iterator[TestClient[Any]]:
    """The same shop, where every question goes the slow way."""
    with (
        shop.catalogue_changes.override(Silence()),
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        yield client


@pytest.fixture
def filled(here: ShopOverHttp) -> ShopOverHttp:
    gifts, empty = add_category(here.store, "Gifts"), add_category(here.store, "Empty")
    for name in ("Oat", "Rose", "Mint “fresh”"):
        product = add_product(here.store, name, categories=(empty, gifts)[1:])
        put_on_sale(here.store, product)
        put_on_sale(here.store, product, size="5 g", price="0.10")
    add_product(here.store, "Nowhere")
    return here


PATHS = [
    "/products",
    "/products/",
    "/products/1",
    "/products/4",
    "/products/1/variants",
    "/products/4/variants",
    "/categories",
    "/categories/",
    "/categories/1",
    "/categories/2",
    "/products/999",
    "/products/0",
    "/products/999/variants",
    "/categories/999",
    "/products/1/nothing",
    "/products?limit=2",
    "/products?limit=2&after=2",
    "/products/?after=1",
    "/products?in_stock=true&category=1",
    "/products?category=2&limit=1",
    "/products?q=rose",
    "/products?q=Mint+%E2%80%9Cfresh",
    "/products?sort=name&limit=2",
    "/products?limit=0",
    "/products?limit=x&after=1",
    "/products?after=-1",
    "/products?sort=colour",
    "/products?in_stock=maybe",
    "/products?anything=else",
    "/products?%00",
    "/categories?anything=else",
    "/categories/1?limit=1",
]
ASKED: list[dict[str, str]] = [
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br"},
    {"Accept-Encoding": "zstd"},
    {"Accept-Encoding": "gzip, deflate, br, zstd"},
    {"Origin": FRONTEND, "Accept-Encoding": "identity"},
    {"Origin": "https://evil.example", "Accept-Encoding": "identity"},
    {"If-None-Match": "*", "Accept-Encoding": "identity"},
    {"Authorization": "Bearer long.since.expired", "Accept-Encoding": "identity"},
]


@pytest.mark.parametrize("path", PATHS)
def test_the_quick_way_answers_what_the_slow_way_answers(filled: ShopOverHttp, path: str) -> None:
    with without_showcase(filled.shop) as slow_client:
        for headers in ASKED:
            sent = {**headers, **SAME}
            filled.client.get(path)
            quick = filled.client.get(path, headers=sent)
            slow = slow_client.get(path, headers=sent)
            assert quick.status_code == slow.status_code
            assert quick.content == slow.content
            assert quick.headers.multi_items() == slow.headers.multi_items()


@pytest.mark.parametrize("path", ["/products", "/categories/1", "/products?limit=1"])
def test_the_quick_way_is_as_long_as_the_slow_way(path: str) -> None:
    with shop_over_http(PRODUCTS_UNPAGED_MAX="2") as here, without_showcase(here.shop) as slow:
        gifts = add_category(here.store)
        for name in ("Oat", "Rose", "Mint"):
            add_product(here.store, name, categories=(gifts,))
        answers = [client.get(path, headers=SAME) for client in (here.client, slow)]
        assert "link" in answers[0].headers
        assert answers[0].content == answers[1].content
        assert answers[0].headers.multi_items() == answers[1].headers.multi_items()


def test_a_visitor_who_has_it_gets_no_bytes(filled: ShopOverHttp) -> None:
    tag = filled.client.get("/products").headers["etag"]

    again = filled.client.get("/products", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert not tag.startswith("W/")


def test_whoever_changes_something_sees_it_at_once(filled: ShopOverHttp) -> None:
    for pieces in range(10, 0, -1):
        [shown, _] = filled.client.get("/products/1/variants").json()
        assert shown["stock_quantity"] == pieces
        tag = filled.client.get("/products").headers["etag"]

        assert filled.check_out((1, 1, 8.99)).status_code == 200

        assert filled.client.get("/products", headers={"If-None-Match": tag}).status_code == 200
        listed = filled.client.get("/products").json()
        assert listed[0]["variants"][0]["stock_quantity"] == pieces - 1


def test_an_admin_and_every_visitor_see_what_she_saved_at_once(filled: ShopOverHttp) -> None:
    rosa = filled.sign_in()
    for price in (1.5, 2.5, 3.5, 4.5):
        wanted = {"size": "100 g", "price": price, "stock_quantity": 3}
        saved = filled.client.put("/products/1/variants/1", json=wanted, headers=rosa)
        assert saved.status_code == 200

        for headers in (rosa, {}):
            [shown, _] = filled.client.get("/products/1/variants", headers=headers).json()
            assert (shown["price"], shown["stock_quantity"]) == (price, 3)


@pytest.mark.parametrize("path", ["/products", "/products/1", "/categories/1"])
def test_whoever_asks_for_the_head_gets_it_without_the_body(
    filled: ShopOverHttp, path: str
) -> None:
    whole = filled.client.get(path)
    head = filled.client.head(path)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "etag", "cache-control", "vary"):
        assert head.headers[name] == whole.headers[name]


def test_every_answer_says_how_it_may_be_kept(filled: ShopOverHttp) -> None:
    headers = filled.client.get("/products").headers

    assert headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "Accept-Encoding" in headers["vary"]


def test_what_is_changed_while_somebody_looks_is_shown_at_once(filled: ShopOverHttp) -> None:
    elsewhere = Elsewhere(MemoryCatalogueChanges(filled.store))
    with (
        filled.shop.catalogue_changes.override(elsewhere),
        TestClient(create_app(filled.shop), raise_server_exceptions=False) as client,
    ):
        assert soon(lambda: "Oat" in names(client))
        for number in range(10):
            elsewhere.open.clear()
            time.sleep(2 * showcase.PAUSE)  # somebody looks, and waits
            add_product(filled.store, f"Brand new {number}")
            elsewhere.stirs += 1
            Timer(0.02, elsewhere.open.set).start()
            assert names(client)[-1] == f"Brand new {number}"


def test_what_another_process_changed_is_soon_shown(filled: ShopOverHttp) -> None:
    with another_process(filled.shop) as (client, _):
        assert soon(lambda: "Oat" in names(client))

        add_product(filled.store, "Brand new")

        assert soon(lambda: "Brand new" in names(client))


def test_whoever_brings_a_token_sees_what_was_changed_elsewhere_at_once(
    filled: ShopOverHttp,
) -> None:
    with another_process(filled.shop) as (client, _):
        for number in range(20):
            add_product(filled.store, f"Brand new {number}")
            answer = client.get("/products", headers=TOKEN)
            assert answer.json()[-1]["name"] == f"Brand new {number}"


def test_when_a_look_fails_the_application_is_asked_until_one_succeeds(
    filled: ShopOverHttp,
) -> None:
    with another_process(filled.shop) as (client, elsewhere):
        assert soon(lambda: "Oat" in names(client))
        elsewhere.fails = True
        time.sleep(2 * showcase.PAUSE)
        for number in range(10):
            add_product(filled.store, f"Brand new {number}")
            assert names(client)[-1] == f"Brand new {number}"

        elsewhere.fails = False
        add_product(filled.store, "Afterwards")

        assert soon(lambda: "Afterwards" in names(client))


def test_when_looks_fail_those_who_wait_for_one_do_not_queue_up(filled: ShopOverHttp) -> None:
    with another_process(filled.shop) as (client, elsewhere), ThreadPoolExecutor(8) as visitors:
        assert soon(lambda: "Oat" in names(client))
        elsewhere.fails, elsewhere.takes = True, 0.3
        before = elsewhere.looks

        answers = list(visitors.map(lambda _: client.get("/products", headers=TOKEN), range(8)))

        assert {answer.status_code for answer in answers} == {200}
        assert elsewhere.looks - before <= 5  # the one under way, ours, and the follower's own


def test_who_waits_too_long_for_a_look_is_answered_without_it(
    filled: ShopOverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "PATIENCE", 0.2)
    with another_process(filled.shop) as (client, elsewhere):
        assert soon(lambda: "Oat" in names(client))
        elsewhere.open.clear()  # from here on every look hangs
        add_product(filled.store, "Brand new")

        answer = client.get("/products", headers=TOKEN)

        assert answer.json()[-1]["name"] == "Brand new"
        assert not elsewhere.open.is_set()
        elsewhere.open.set()
        time.sleep(3 * showcase.PAUSE)
        assert "Brand new" in names(client)  # what the look learned was not lost with the wait


def test_when_looks_have_become_slow_visitors_wait_for_one_instead_of_making_them_slower(
    filled: ShopOverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "OLDEST", 0.05)
    with another_process(filled.shop) as (client, elsewhere), ThreadPoolExecutor(8) as visitors:
        assert soon(lambda: "Oat" in names(client))
        elsewhere.takes = 0.2
        time.sleep(2 * showcase.PAUSE)
        with patch.object(MemoryShopWindow, "page", side_effect=AssertionError("asked")):
            answers = list(visitors.map(lambda _: client.get("/products"), range(24)))

        assert {answer.status_code for answer in answers} == {200}


def test_nothing_is_shown_on_the_strength_of_an_old_look(
    filled: ShopOverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showcase, "OLDEST", 0.3)
    with another_process(filled.shop) as (client, elsewhere):
        assert soon(lambda: "Oat" in names(client))
        elsewhere.open.clear()  # from here on every look hangs
        add_product(filled.store, "Brand new")
        time.sleep(0.3 + 2 * showcase.PAUSE)

        assert "Brand new" in names(client)

        elsewhere.open.set()
