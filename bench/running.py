"""G10 and G11: starting, and several processes."""

from __future__ import annotations

from collections.abc import Iterator

from bench import client
from bench.fresh import freshness
from bench.reading import BROWSER, rate
from bench.report import Row, at_most, cpu_against
from bench.rig import Rig
from bench.selling import BUYERS, flash_sale, measured_sales, spread_baskets, told_twice
from bench.terms import Terms


def start(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G10: from the command to the first product, the embedded database included."""
    times, sizes = [], []
    for _ in range(1 + terms.rounds):  # the first one makes the cluster
        with rig.serving(
            *("run",),
            module="bench.installed",
            path="/products/1",
            SQLALCHEMY_DATABASE_URI="",
        ) as shop:
            for _ in range(100):
                client.ask(shop.port, client.get("/products"))
            times.append(shop.started_in)
            sizes.append(shop.memory)
    yield at_most("G10", "warm start to the first product", times[1:], 1.0, "s")
    yield at_most("G10", "memory of the process", sizes, 120, "MB", figure=max)


def together(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G11: the CPU of each answer and each sale, with two and four processes against one; and that
    several are as fresh and as exact as one."""
    baskets = spread_baskets(rig)
    one = rig.shop()
    client.run(one.port, baskets, connections=BUYERS, seconds=1)
    for count in (2, 4):
        with rig.serving("serve", "--workers", f"{count}") as several:
            client.run(several.port, baskets, connections=BUYERS, seconds=2)
            looked, looked_alone, sold, sold_alone = [], [], [], []
            for _ in range(terms.rounds):
                looked_alone.append(rate(one, "/products", BROWSER, terms))
                looked.append(rate(several, "/products", BROWSER, terms))
                sold_alone.append(measured_sales(one, baskets, terms))
                sold.append(measured_sales(several, baskets, terms))
            yield cpu_against("G11", f"listing, {count} processes", looked_alone, looked, most=1.25)
            yield cpu_against("G11", f"checkout, {count} processes", sold_alone, sold, most=1.25)
            yield flash_sale("G11", rig, several, f"flash sale, {count} processes")
            yield from freshness("G11", rig, several, count)
            yield told_twice("G11", rig, several, f"every payment told twice, {count} processes")
