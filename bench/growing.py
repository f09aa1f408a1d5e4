"""G4 and G12: a shop of ten thousand products, and one that has had a million orders."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator

from bench import client, pgbench
from bench.reading import BROWSER, rate
from bench.report import Row, against_floor, at_most
from bench.rig import Process, Rig
from bench.selling import BUYERS, measured_sales, spread_baskets
from bench.terms import Terms
from eterno.adapters.postgres.changes import PostgresCatalogueChanges
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import PostgresOrderDesk
from eterno.application.ports.views import OrderQuery
from eterno.domain.orders import OrderState
from eterno.entrypoints.http.catalogue_bytes import Catalogue

ORDERS = 1_000_000
ASKED = 200
"""Times a question is asked for its 95th percentile."""


def products(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G4: ours with 10,000 products, against ours with the demo goods."""
    large_uri = rig.another("large")
    rig.ask_in(large_uri, (pgbench.SCRIPTS / "catalogue.sql").read_text())
    rig.ask_in(large_uri, "ANALYZE")
    small, large = rig.shop(), rig.shop(SQLALCHEMY_DATABASE_URI=large_uri)
    middle = "/products/5000"
    client.ask(large.port, client.get(middle))
    for what, few, many, least in (
        ("one of 10,000 products", "/products/1", middle, 0.9),
        ("page of 50 of 10,000", "/products", "/products?limit=50", 0.5),
        ("category page of 50", "/products", "/products?category=12&limit=50", 0.5),
    ):
        floors, ours = [], []
        for _ in range(terms.rounds):
            floors.append(rate(small, few, BROWSER, terms))
            ours.append(rate(large, many, BROWSER, terms))
        yield against_floor("G4", what, floors, ours, least=least)
    yield _p95("G4", "text search, p95", lambda: _search(large), 10)
    yield at_most("G4", "memory with 10,000 products", large.memory, 200, "MB")
    yield at_most("G4", "taking in one changed product", _one_change(rig, large_uri), 5, "ms")


def orders(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G12: what a million orders behind it change."""
    full_uri = rig.another("full")
    script = (pgbench.SCRIPTS / "history.sql").read_text()
    rig.ask_in(full_uri, script, {"orders": ORDERS})
    for table in ("orders", "order_lines", "stock_movements", "money_ledger"):
        rig.ask_in(full_uri, f"VACUUM ANALYZE {table}")
    store = PostgresStore(full_uri, connections=1)
    desk = PostgresOrderDesk(store)
    tokens = [each[0] for each in rig.ask_in(full_uri, "SELECT token FROM orders LIMIT 1000")]
    yield _p95("G12", "latest orders, p95", desk.latest, 50)
    yield _p95("G12", "orders of a state, p95", lambda: desk.search(_expired), 50)
    yield _p95("G12", "orders of a buyer, p95", lambda: desk.search(_of_a_buyer()), 50)
    yield _p95("G12", "one order, p95", lambda: desk.find(random.choice(tokens)), 50)
    store.close()
    small, full = rig.shop(), rig.shop(SQLALCHEMY_DATABASE_URI=full_uri)
    baskets = spread_baskets(rig)
    rig.ask_in(full_uri, "UPDATE shelves SET on_hand = reserved + 1000000")
    for shop in (small, full):
        client.run(shop.port, baskets, connections=BUYERS, seconds=1)
    floors, ours = [], []
    for _ in range(terms.rounds):
        floors.append(measured_sales(small, baskets, terms))
        ours.append(measured_sales(full, baskets, terms))
    yield against_floor("G12", "checkout, 1,000,000 orders later", floors, ours, least=0.9)


def _p95(goal: str, what: str, ask: Callable[[], object], limit: float) -> Row:
    """In milliseconds, one after the other."""
    ask()
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - began))
    return at_most(goal, what, statistics.quantiles(times, n=20)[-1], limit, "ms")


_expired = OrderQuery(state=OrderState.EXPIRED)


def _of_a_buyer() -> OrderQuery:
    return OrderQuery(text=f"buyer{random.randrange(200_000)}@example.org")


def _search(shop: Process) -> None:
    words = ("olive", "scent", "soap", "hand", "day+7", f"scent+{random.randrange(300)}")
    answer = client.ask(shop.port, client.get(f"/products?limit=20&q={random.choice(words)}"))
    if answer.status != 200:
        raise RuntimeError(f"a search answers {answer.status}")


def _one_change(rig: Rig, uri: str) -> float:
    """Milliseconds from the look that finds one product changed to its new page, the median."""
    store = PostgresStore(uri, connections=1)
    changes, catalogue = PostgresCatalogueChanges(store, OwnNews()), Catalogue(str, unpaged=500)
    catalogue.hear(changes.look())
    times = []
    for number in range(5000, 5050):
        catalogue.reply("/products", b"limit=50")
        rig.ask_in(uri, "UPDATE products SET name = name || '!' WHERE id = %s", [number])
        began = time.perf_counter()
        catalogue.hear(changes.look())
        changed = catalogue.reply(f"/products/{number}")
        times.append(1000 * (time.perf_counter() - began))
        if changed is None or b"!" not in changed.body:
            raise RuntimeError("a change was not taken in")
    store.close()
    return statistics.median(times)
