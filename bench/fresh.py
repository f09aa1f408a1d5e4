"""G5: how soon a change is shown, here and elsewhere, and what knowing it costs those who sell."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator

from bench import client
from bench.report import Row, against_floor, at_most
from bench.rig import Process, Rig
from bench.selling import BUYERS, checkout_of, measured_sales, offers, spread_baskets
from bench.terms import Terms

CHANGES = 100


def everywhere(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G5: two processes; one sells, both are asked."""
    (variant, price), *_ = offers(rig)
    here, there = rig.shop(), rig.shop()
    own, other = [], []
    for _ in range(CHANGES):
        answer = client.ask(here.port, checkout_of([(variant, price)]))
        if answer.status != 200:
            raise RuntimeError(f"a checkout answers {answer.status}")
        sold = time.perf_counter()
        [(left,)] = rig.ask(
            "SELECT on_hand - reserved FROM shelves WHERE variant_id = %s", [variant]
        )
        own.append(float(shown(here, variant) != left))
        while shown(there, variant) != left:
            time.sleep(0.001)
        other.append(1000 * (time.perf_counter() - sold))
    yield at_most("G5", "shown late where it was sold", sum(own), 0, f"of {CHANGES}")
    yield at_most("G5", "shown elsewhere, median", statistics.median(other), 250, "ms")
    yield at_most("G5", "shown elsewhere, at the latest", max(other), 250, "ms")
    baskets = spread_baskets(rig)
    blind = rig.shop(BENCH_BLIND="1")
    floors, ours = [], []
    for shop in (blind, here):
        client.run(shop.port, baskets, connections=BUYERS, seconds=1)
    for _ in range(terms.rounds):
        floors.append(measured_sales(blind, baskets, terms))
        ours.append(measured_sales(here, baskets, terms))
    yield against_floor("G5", "checkout, to one that never looks", floors, ours, least=0.95)


def shown(shop: Process, variant: int) -> int:
    """How many pieces of it visitors are told there are."""
    products = json.loads(client.ask(shop.port, client.get("/products")).body)
    return next(
        int(each["stock_quantity"])
        for product in products
        for each in product["variants"]
        if each["id"] == variant
    )
