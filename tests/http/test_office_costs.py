"""What the office's pages cost: a fixed number of statements each, and little time, on the demo
shop with orders in it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import event

from eterno.adapters.postgres.store import PostgresStore
from eterno.domain.orders import Order
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.demo.assortment import demo_assortment
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.builders import ADA, a_payment
from tests.builders import place as place_order
from tests.support.office import Office
from tests.support.signing_in import GOOD

PAGES = {
    "/office/sign-in": 0,
    "/office": 11,
    "/office/orders": 3,
    "/office/orders?state=paid&text=ada": 3,
    "/office/orders/1001": 5,
    "/office/orders/1001/refund?kind=all": 4,
    "/office/orders/1001/slip": 4,
    "/office/stock": 14,
    "/office/stock?low=yes": 14,
    "/office/stock/movements": 3,
    "/office/stock/1": 3,
    "/office/catalogue": 4,
    "/office/catalogue/new": 1,
    "/office/catalogue/1": 5,
    "/office/catalogue/1/variants/1": 4,
    "/office/catalogue/categories": 2,
    "/office/messages": 2,
    "/office/letters": 2,
    "/office/audit": 2,
    "/office/admins": 2,
    "/office/settings": 2,
    "/office/figures": 18,
    "/office/figures/stock": 13,
}
"""How many statements each page asks, those of the doorman included."""
_BRACKET = re.compile(r"BEGIN$|^COMMIT$")
"""What begins and ends a transaction is no question."""
QUICK = 0.05
"""Seconds of work that a page may be for us. Waiting is not counted: how long the database takes
depends on what else the machine does, and is bounded by the number of questions."""


class Place:
    """The demo shop on PostgreSQL, Rosa in its office, and somebody who counts."""

    def __init__(self, shop: Shop, client: TestClient[Any]) -> None:
        self.shop = shop
        shop.open_shop()(demo_assortment("USD"))
        shop.create_admin()("rosa", GOOD)
        self.office = Office(client)
        self.office.enter()
        self.sold = 0
        self.asked: list[str] = []
        for store in (shop.store(), shop.notice_store()):
            assert isinstance(store, PostgresStore)
            event.listen(store.engine, "before_cursor_execute", self._note)

    def sell(self, orders: int) -> None:
        """So many more orders, each of one piece, all to be made."""
        for _ in range(orders):
            self.sold += 1
            with self.shop.store().begin() as work:
                placed = place_order(work, (self._any_variant(), 1))
            with self.shop.store().begin() as work:
                work.orders.save(self._paid(work.orders.hold(placed.id)))

    def statements(self, path: str) -> int:
        self.asked.clear()
        answer = self.office.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
        return len(self.asked)

    def work(self, path: str) -> float:
        """The least of five: what it takes when nothing is made for the first time."""

        def once() -> float:
            began = time.process_time()
            self.office.get(path)
            return time.process_time() - began

        return min(once() for _ in range(5))

    def _any_variant(self) -> Any:
        shown = self.shop.shop_window().products()
        return max((v for one in shown for v in one.variants), key=lambda v: v.available).variant

    def _paid(self, order: Order) -> Order:
        n = self.sold
        payment = a_payment(order, session_id=f"cs_{n}", intent_id=f"pi_{n}")
        return order.know(ADA).pay(payment, number=1000 + n)

    def _note(self, *call: Any) -> None:
        if not _BRACKET.search(call[2]):
            self.asked.append(call[2])


@pytest.fixture
def place(database_uri: str, tmp_path: Path) -> Iterator[Place]:
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path)})
    with live(settings, database_uri) as shop, TestClient(create_app(shop)) as client:
        yield Place(shop, client)


def test_every_page_asks_a_fixed_number_of_questions_and_is_quick(place: Place) -> None:
    place.sell(1)
    once = {path: place.statements(path) for path in PAGES}
    place.sell(24)
    again = {path: place.statements(path) for path in PAGES}

    assert again == once == PAGES
    slow = {path: took for path in PAGES if (took := place.work(path)) > QUICK}
    assert slow == {}
