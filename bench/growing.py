"""G4: a shop of ten thousand products."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from bench import client, pgbench
from bench.reading import BROWSER, rate
from bench.report import Row, against_floor, at_most, p95
from bench.rig import Process, Rig
from bench.terms import Terms
from eterno.adapters.postgres.changes import PostgresCatalogueChanges
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.store import PostgresStore
from eterno.entrypoints.http.catalogue_bytes import Catalogue

ASKED = 200
"""Searches for their 95th percentile."""


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
    yield _searches(large)
    yield at_most("G4", "memory with 10,000 products", [large.memory], 200, "MB")
    yield at_most("G4", "taking in one changed product", _changes(rig, large_uri), 5, "ms")


def _searches(shop: Process) -> Row:
    """One after the other."""
    times = []
    for _ in range(ASKED):
        began = time.perf_counter()
        _search(shop)
        times.append(1000 * (time.perf_counter() - began))
    return at_most("G4", "text search, p95", times, 10, "ms", figure=p95)


def _search(shop: Process) -> None:
    words = ("olive", "scent", "soap", "hand", "day+7", f"scent+{random.randrange(300)}")
    answer = client.ask(shop.port, client.get(f"/products?limit=20&q={random.choice(words)}"))
    if answer.status != 200:
        raise RuntimeError(f"a search answers {answer.status}")


def _changes(rig: Rig, uri: str) -> list[float]:
    """Milliseconds from the look that finds one product changed to its new page."""
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
    return times
