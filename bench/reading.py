"""G1 to G3: looking at the shop, against a bare ASGI application that hands out the same bytes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence

from bench import client
from bench.report import Measured, Row, against_floor
from bench.rig import Process, Rig
from bench.terms import Terms

CONNECTIONS = 32
BROWSER = {"Origin": "http://localhost:5173"}
"""Everything is switched on: CORS too has work to do."""
_ANSWERS = re.compile(r"(\d+) requests in")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")


def rate(server: Process, path: str, headers: Mapping[str, str], terms: Terms) -> Measured:
    """Answers in a second at 32 connections, and the server's CPU for each."""
    used, began = server.cpu, time.perf_counter()
    answers = _load(server, path, headers, terms)
    return Measured(
        rate=answers / (time.perf_counter() - began), cpu=1e6 * (server.cpu - used) / answers
    )


def p99(server: Process, path: str, terms: Terms) -> float:
    """Milliseconds in which 99 of 100 answers come, at 32 connections."""
    if shutil.which("wrk"):
        found = _P99.search(_wrk(server, path, BROWSER, terms))
        if found is None:
            raise RuntimeError("wrk says no latency")
        return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
    return _ours(server, path, BROWSER, terms).percentile(0.99)


def _load(server: Process, path: str, headers: Mapping[str, str], terms: Terms) -> int:
    """How many answers came, each of them the one that was wanted."""
    if shutil.which("wrk"):
        said = _wrk(server, path, headers, terms)
        if (found := _ANSWERS.search(said)) is None:
            raise RuntimeError(said)
        return int(found[1])
    return _ours(server, path, headers, terms).answers


def _ours(server: Process, path: str, headers: Mapping[str, str], terms: Terms) -> client.Load:
    request = client.get(path, headers)
    load = client.run(server.port, lambda: request, connections=CONNECTIONS, seconds=terms.seconds)
    if not load.statuses.keys() <= {200, 304}:
        raise RuntimeError(f"{path} answers {dict(load.statuses)}")
    return load


def _wrk(server: Process, path: str, headers: Mapping[str, str], terms: Terms) -> str:
    """What it says, if it got nothing but 200 and 304."""
    sent = [word for item in headers.items() for word in ("-H", ": ".join(item))]
    seconds = f"{max(1, round(terms.seconds))}s"
    command = ["wrk", "--latency", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", *sent]
    command.append(f"http://127.0.0.1:{server.port}{path}")
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"{path}: {said}")
    return said


def compare(
    goal: str,
    what: str,
    rig: Rig,
    shop: Process,
    path: str,
    terms: Terms,
    *,
    least: float,
    **headers: str,
) -> Row:
    """`path` of the shop, in turns with a floor that hands out the same bytes."""
    sent = {**BROWSER, **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = client.ask(shop.port, client.get(path, sent))
    if answer.status not in (200, 304):
        raise RuntimeError(f"{path} answers {answer.status}")
    floor = rig.floor(answer)
    floors, ours = [], []
    for _ in range(terms.rounds):
        floors.append(rate(floor, path, sent, terms))
        ours.append(rate(shop, path, sent, terms))
    floor.stop()
    return against_floor(goal, what, floors, ours, least=least)


def listing(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G1."""
    shop = rig.shop()
    yield compare("G1", "listing, whole shop", rig, shop, "/products", terms, least=0.8)


def encoded(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G2."""
    shop = rig.shop()
    for coding in ("zstd", "br", "gzip"):
        yield compare(
            *("G2", f"listing, {coding}", rig, shop, "/products", terms),
            least=0.8,
            Accept_Encoding=coding,
        )
    tag = client.ask(shop.port, client.get("/products", BROWSER)).headers["etag"]
    yield compare(
        *("G2", "listing, not modified", rig, shop, "/products", terms),
        least=0.8,
        If_None_Match=tag,
    )


def single(rig: Rig, terms: Terms) -> Iterator[Row]:
    """G3."""
    shop = rig.shop()
    for path, what in _places(shop):
        yield compare("G3", what, rig, shop, path, terms, least=0.7)


def _places(shop: Process) -> Sequence[tuple[str, str]]:
    products = client.ask(shop.port, client.get("/products"))
    categories = client.ask(shop.port, client.get("/categories"))
    product, category = (json.loads(each.body)[0]["id"] for each in (products, categories))
    return (
        (f"/products/{product}", "one product"),
        (f"/categories/{category}", "one category"),
        (f"/products/{product}/variants", "variants of a product"),
    )
