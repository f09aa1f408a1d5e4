"""G12: a shop that has had a million orders."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from typing import Any

from bench import client
from bench.report import Measured, Row, against_floor, at_most, p95
from bench.rig import Process, Rig
from bench.selling import BUYERS, baskets_from_everywhere, measured_sales
from bench.terms import Terms
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import PostgresOrderDesk

ASKED = 100
"""Times each question is asked for its 95th percentile."""
LIMITED = {"CHECKOUT_LIMITS": "on", "TRUSTED_PROXIES": "127.0.0.1/32"}
"""What a checkout asks about its client is what a long history could make slow."""


def orders(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G12: what a million orders behind it change."""
    print(f"G12 begins with making up {terms.orders:,} orders", flush=True)  # minutes of silence
    uri = rig.another("bench_full")
    rig.eterno("bench", "seed", "--orders", f"{terms.orders}", SQLALCHEMY_DATABASE_URI=uri)
    rig.ask_in(uri, "VACUUM ANALYZE")
    rig.ask_in(uri, "CHECKPOINT")  # else it would come while something is measured
    yield from _figures(rig, uri)
    yield _one_order(rig, uri)
    yield _checkout(rig, uri, terms)


def _figures(rig: Rig, uri: str) -> Iterator[Row]:
    """Every route of figures, the order list and the order search, as `eterno bench figures` asks
    them: through the whole application."""
    words = ("bench", "figures", "--times", f"{ASKED}", "--json")
    said = rig.eterno(*words, codes=(0, 1), SQLALCHEMY_DATABASE_URI=uri)  # 1: one is too slow
    questions: list[dict[str, Any]] = json.loads(said)
    for each in questions:
        what = f"{each['route']}, p95"
        yield at_most("G12", what, each["took"], each["goal"], "ms", figure=p95)


def _one_order(rig: Rig, uri: str) -> Row:
    tokens = [each[0] for each in rig.ask_in(uri, "SELECT token FROM orders LIMIT 1000")]
    store = PostgresStore(uri, connections=1)
    desk, times = PostgresOrderDesk(store), []
    for turn in range(ASKED + 2):
        began = time.perf_counter()
        desk.find(random.choice(tokens))
        if turn >= 2:  # the first ones connect
            times.append(1000 * (time.perf_counter() - began))
    store.close()
    return at_most("G12", "one order, p95", times, 50, "ms", figure=p95)


def _checkout(rig: Rig, uri: str, terms: Terms) -> Row:
    """In turns with an empty shop; the one that is not measured stands still."""
    empty, full = rig.shop(**LIMITED), rig.shop(**LIMITED, SQLALCHEMY_DATABASE_URI=uri)
    baskets = baskets_from_everywhere(rig)
    rig.ask_in(uri, "UPDATE shelves SET on_hand = reserved + 1000000")
    for shop in (empty, full):
        client.run(shop.port, baskets, connections=BUYERS, seconds=1)

    def sales(shop: Process, other: Process) -> Measured:
        with other.still():
            return measured_sales(shop, baskets, terms)

    floors, ours = [], []
    for _ in range(terms.rounds):
        floors.append(sales(empty, full))
        ours.append(sales(full, empty))
    what = f"checkout, {terms.orders:,} orders later, limits on"
    return against_floor("G12", what, floors, ours, least=0.9)
