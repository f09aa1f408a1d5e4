"""G8: a payment service that takes its time."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import psycopg

from bench import client, reading
from bench.report import Measured, Row, against_floor, at_most
from bench.rig import Rig
from bench.selling import spread_baskets
from bench.stand_in import HELD
from bench.terms import Terms

BUYERS = 64
DELAY = 0.4
"""Seconds."""


def provider(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G8."""
    shop = rig.shop(BENCH_PROVIDER_MS=str(round(1000 * DELAY)))
    baskets = spread_baskets(rig)
    client.run(shop.port, baskets, connections=BUYERS, seconds=1)
    seconds = max(4.0, terms.seconds)
    most = Measured(rate=BUYERS / DELAY)
    done = []
    with under_way(rig) as seen:
        for _ in range(terms.rounds):
            load = client.run(shop.port, baskets, connections=BUYERS, seconds=seconds)
            done.append(Measured(rate=load.statuses[200] / load.seconds))
    what = f"{BUYERS} buyers, provider takes {1000 * DELAY:.0f} ms"
    yield against_floor("G8", what, [most] * len(done), done, least=0.9)
    yield _nothing_held(rig)
    yield at_most(
        "G8", "transactions under way meanwhile, mean", seen, 2, "", figure=statistics.mean
    )
    quiet, meanwhile = [], []
    for _ in range(terms.rounds):
        quiet.append(reading.p99(shop, "/products", terms))
        with ThreadPoolExecutor(1) as buyers:
            buying = buyers.submit(
                client.run, shop.port, baskets, connections=BUYERS, seconds=terms.seconds + 1
            )
            time.sleep(0.5)
            meanwhile.append(reading.p99(shop, "/products", terms))
            buying.result()
    usual = statistics.median(quiet)
    row = at_most(
        "G8", f"listing p99 meanwhile (quiet: {usual:.1f} ms)", meanwhile, 3 * usual, "ms"
    )
    yield replace(row, target="≤ 3 times quiet", numbers={**row.numbers, "quiet": quiet})


def _nothing_held(rig: Rig) -> Row:
    """What whoever asks the provider holds of the shop's pool while she waits, as the stand-in
    wrote it into the address of each page."""
    held = [
        float(url.rpartition(HELD)[2])
        for (url,) in rig.ask("SELECT session_url FROM orders WHERE session_url IS NOT NULL")
    ]
    return at_most("G8", "pooled connections held by who waits, most", held, 0, "", figure=max)


@contextmanager
def under_way(rig: Rig) -> Iterator[list[float]]:
    """How many transactions were open in the shop's database, whoever's: asked of PostgreSQL a
    hundred times a second."""
    over, seen = threading.Event(), list[float]()
    question = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    )

    def watch() -> None:
        with psycopg.connect(rig.dsn, autocommit=True) as connection:
            while not over.wait(0.01):
                seen.extend(row[0] for row in connection.execute(question))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
