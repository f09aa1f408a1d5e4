"""G8: a payment service that takes its time."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

from bench import client, reading
from bench.report import Row, at_most
from bench.rig import Rig
from bench.selling import spread_baskets
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
    done = []
    with busy_connections(rig) as busy:
        for _ in range(terms.rounds):
            load = client.run(shop.port, baskets, connections=BUYERS, seconds=seconds)
            done.append(load.statuses[200] / load.seconds * DELAY / BUYERS)
    share = statistics.median(done)
    yield Row(
        goal="G8",
        what=f"{BUYERS} buyers, provider takes {1000 * DELAY:.0f} ms",
        floor=f"{BUYERS / DELAY:.0f}/s",
        ours=f"{share * BUYERS / DELAY:.0f}/s",
        ratio=share,
        spread=(min(done), max(done)),
        target="≥ 0.90",
        met=share >= 0.9,
    )
    yield at_most("G8", "connections in a transaction meanwhile, mean", busy.mean, 2, "")
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
    yield at_most(
        "G8",
        f"listing p99 meanwhile (quiet: {usual:.1f} ms)",
        statistics.median(meanwhile),
        3 * usual,
        "ms",
    )


class busy_connections:  # reads as what it is in a with statement
    """Watches how many of the shop's connections are in a transaction, a hundred times a second."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._over = threading.Event()
        self._seen: list[int] = []
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> busy_connections:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def mean(self) -> float:
        return statistics.mean(self._seen)

    def _watch(self) -> None:
        question = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        with psycopg.connect(self._rig.dsn, autocommit=True) as connection:
            while not self._over.wait(0.01):
                row = connection.execute(question).fetchone()
                self._seen.append(row[0] if row else 0)
