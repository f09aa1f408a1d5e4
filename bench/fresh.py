"""G5: how soon a change is shown, here and elsewhere, and what knowing it costs those who sell."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from http.client import HTTPConnection

from bench import client
from bench.report import Row, against_floor, at_most
from bench.rig import PATIENCE, Process, Rig
from bench.selling import BUYERS, checkout_of, measured_sales, offers, spread_baskets
from bench.terms import Terms
from eterno.entrypoints.http.showcase import PAUSE

CHANGES = 100


def everywhere(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G5: two servers; one sells, both are asked; and what neither did is seen by both."""
    here, there = rig.shop(), rig.shop()
    with closing(Line(here)) as own, closing(Line(there)) as other:
        yield from _sold(rig, here, own, other)
        edits = edited(rig, [own, other])
    yield at_most("G5", "price edited by SQL, shown by both, median", edits, 250, "ms")
    yield at_most(
        "G5", "price edited by SQL, shown by both, at the latest", edits, 250, "ms", figure=max
    )
    there.stop()
    yield _cost(rig, here, terms)


def _sold(rig: Rig, here: Process, own: Line, other: Line) -> Iterator[Row]:
    (variant, price), *_ = offers(rig)
    late, times = [], []
    for _ in range(CHANGES):
        left, sold_at = sell(rig, here, variant, price)
        late.append(float(own.stock(variant) != left))
        while other.stock(variant) != left:
            _wait(sold_at)
        times.append(1000 * (time.perf_counter() - sold_at))
    yield at_most("G5", "shown late where it was sold", late, 0, f"of {CHANGES}", figure=sum)
    yield at_most("G5", "sold, shown elsewhere, median", times, 250, "ms")
    yield at_most("G5", "sold, shown elsewhere, at the latest", times, 250, "ms", figure=max)


def _cost(rig: Rig, here: Process, terms: Terms) -> Row:
    """The one that is not measured stands still: else it would look, and be the other's burden."""
    baskets = spread_baskets(rig)
    blind = rig.shop(BENCH_BLIND="1")
    floors, ours = [], []
    for shop in (blind, here):
        client.run(shop.port, baskets, connections=BUYERS, seconds=1)
    for _ in range(terms.rounds):
        with here.still():
            floors.append(measured_sales(blind, baskets, terms))
        with blind.still():
            ours.append(measured_sales(here, baskets, terms))
    return against_floor("G5", "checkout, to one that never looks", floors, ours, least=0.95)


def freshness(goal: str, rig: Rig, shop: Process, count: int) -> Iterator[Row]:
    """The same of the `count` processes of one server: each is asked."""
    (variant, price), *_ = offers(rig)
    with ExitStack() as until:
        lines = [until.enter_context(closing(line)) for line in _a_line_to_each(shop, count)]
        times = []
        for _ in range(CHANGES):
            left, sold_at = sell(rig, shop, variant, price)
            while any(line.stock(variant) != left for line in lines):
                _wait(sold_at)
            times.append(1000 * (time.perf_counter() - sold_at))
        edits = edited(rig, lines)
    for what, measured in (("sold", times), ("price edited by SQL", edits)):
        named = f"{what}, shown by all {count}, at the latest"
        yield at_most(goal, named, measured, 250, "ms", figure=max)


def edited(rig: Rig, lines: Sequence[Line]) -> list[float]:
    """Milliseconds until all of them show a price that somebody wrote past the shop."""
    (variant, price), *_ = offers(rig)
    times = []
    for turn in reversed(range(CHANGES)):  # the last one is the price that it had
        now = round(100 * price) + turn
        _at_some_moment()
        rig.ask("UPDATE variants SET price = %s WHERE id = %s", [now, variant])
        written_at = time.perf_counter()
        while any(line.price(variant) != now for line in lines):
            _wait(written_at)
        times.append(1000 * (time.perf_counter() - written_at))
    return times


def sell(rig: Rig, shop: Process, variant: int, price: float) -> tuple[int, float]:
    """One piece; how many are left then, and when that was."""
    _at_some_moment()
    answer = client.ask(shop.port, checkout_of([(variant, price)]))
    sold_at = time.perf_counter()
    if answer.status != 200:
        raise RuntimeError(f"a checkout answers {answer.status}")
    [(left,)] = rig.ask("SELECT on_hand - reserved FROM shelves WHERE variant_id = %s", [variant])
    return left, sold_at


class Line:
    """A connection to one process, for as long as it is not closed."""

    def __init__(self, shop: Process) -> None:
        self._connection = HTTPConnection("127.0.0.1", shop.port, timeout=PATIENCE)
        self.close = self._connection.close

    def stock(self, variant: int) -> int:
        """How many pieces of it visitors are told there are."""
        return int(self._shown(variant)["stock_quantity"])

    def price(self, variant: int) -> int:
        """What visitors are told it costs, in minor units."""
        return round(100 * self._shown(variant)["price"])

    def _shown(self, variant: int) -> dict[str, float]:
        self._connection.request("GET", "/products")
        products = json.loads(self._connection.getresponse().read())
        variants = (each for product in products for each in product["variants"])
        return next(each for each in variants if each["id"] == variant)


def _a_line_to_each(shop: Process, count: int) -> Iterator[Line]:
    """While all the others stand still, nobody else can accept it."""
    hands = shop.hands
    if len(hands) != count:
        raise RuntimeError(f"{len(hands)} processes instead of {count}")
    for hand in hands:
        others = [each for each in hands if each != hand]
        for other in others:
            other.suspend()
        try:
            line = Line(shop)
            line.stock(1)
        finally:
            for other in others:
                other.resume()
        yield line


def _at_some_moment() -> None:
    """Between two looks. What comes as soon as the change before it is shown, comes right after a
    look, and would always wait for a whole pause."""
    time.sleep(random.uniform(0, PAUSE))


def _wait(since: float) -> None:
    """A moment, and not for ever."""
    if time.perf_counter() - since > PATIENCE:
        raise RuntimeError(f"a change is not shown after {PATIENCE:.0f} s")
    time.sleep(0.001)
