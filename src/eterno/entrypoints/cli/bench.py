"""`eterno bench`: a large past for a development database, and how quick its questions are."""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from litestar.types import ASGIApp, Message, Scope
from sqlalchemy.engine import make_url

from eterno.adapters.postgres.sample_orders import make_orders
from eterno.application.ports.access import Claims
from eterno.entrypoints.cli.output import CommandFailed, say, say_json, say_table
from eterno.entrypoints.cli.shops import database_of, opened, require_served
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.demo.assortment import demo_assortment
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import Settings

FIGURES, ORDERS = 300.0, 50.0
"""Milliseconds that 95 of 100 answers may take."""
FOR_PLAY = ("bench", "dev", "test")
"""A database of ours that may be filled with made-up orders has one of these in its name."""

Terms = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A route, what it is asked, never twice the same, and how long it may take."""

    path: str
    terms: Callable[[random.Random, datetime], Terms]
    goal: float = FIGURES


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    bench = commands.add_parser("bench", help="try a large shop").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    seed = bench.add_parser(
        "seed",
        parents=[shop],
        help="make up years of orders, in a development database that has none",
        description="Make up orders of the last three years, twice as many lines, with all that "
        "belongs to them. The same numbers and seed make the same past.",
    )
    seed.add_argument("--orders", type=_whole, default=100_000, help="how many (default: 100000)")
    seed.add_argument("--days", type=_whole, default=3 * 365, help="of how long (default: 1095)")
    seed.add_argument("--seed", type=_whole, default=1, help="for another past (default: 1)")
    seed.set_defaults(command=make_up)
    figures = bench.add_parser(
        "figures",
        parents=[shop],
        help="how quick figures, the order list and the order search are",
        description="Ask every route of figures, the order list and the order search over and over,"
        " each time something else. Fails when 5 of 100 answers take longer than they may.",
    )
    figures.add_argument("--times", type=_whole, default=40, help="asked so often (default: 40)")
    told = figures.add_mutually_exclusive_group()
    told.add_argument("--json", action="store_true", help="for scripts")
    told.add_argument("--markdown", action="store_true", help="as the table in docs/figures.md")
    figures.set_defaults(command=measure)


def make_up(settings: Settings, options: argparse.Namespace) -> None:
    refuse_what_is_real(settings)
    began = time.monotonic()

    def tell(done: int) -> None:
        say(f"{done:>9,} of {options.orders:,} orders after {time.monotonic() - began:,.0f} s")

    with database_of(settings) as uri:
        require_served(uri)
        with live(settings, uri) as shop:
            shop.open_shop()(demo_assortment(settings.currency))
            make_orders(
                uri,
                options.orders,
                days=options.days,
                seed=options.seed,
                currency=settings.currency,
                tell=tell,
            )
            shop.figures().start_over()
            while shop.figures().summarise():
                say(f"summing days up: {time.monotonic() - began:,.0f} s")


def refuse_what_is_real(settings: Settings) -> None:
    """Raises `CommandFailed` unless the database is one for development."""
    if settings.is_production:
        raise CommandFailed("made-up orders have no place in production")
    if settings.database_uri is not None:
        name = make_url(settings.database_uri).database or ""
        if not any(word in name for word in FOR_PLAY):
            raise CommandFailed(
                "made-up orders go into the embedded database, or into one with"
                f" {', '.join(FOR_PLAY)} in its name"
            )


def measure(settings: Settings, options: argparse.Namespace) -> int:
    with opened(settings) as shop:
        rows = asyncio.run(_ask_all(shop, settings, options.times))
    if options.json:
        say_json(rows)
    elif options.markdown:
        say_markdown(rows)
    else:
        say_table(
            ("ROUTE", "P50 MS", "P95 MS", "GOAL", ""),
            (
                (
                    row["route"],
                    f"{row['p50']:.1f}",
                    f"{row['p95']:.1f}",
                    f"< {row['goal']:.0f}",
                    "ok" if row["p95"] < row["goal"] else "TOO SLOW",
                )
                for row in rows
            ),
        )
    return int(any(row["p95"] >= row["goal"] for row in rows))


def say_markdown(rows: Iterable[Mapping[str, Any]]) -> None:
    say("| route | p50 ms | p95 ms | goal |")
    say("|---|---|---|---|")
    for row in rows:
        path, about = row["route"].split(" ", 1)
        goal = f"< {row['goal']:.0f}{'' if row['p95'] < row['goal'] else ', missed'}"
        say(f"| `{path}` {about} | {row['p50']:.1f} | {row['p95']:.1f} | {goal} |")


async def _ask_all(shop: Shop, settings: Settings, times: int) -> list[dict[str, Any]]:
    app, now = create_app(shop), shop.figures().now()
    header = _token(shop)
    chance = random.Random(1)  # noqa: S311  # it guards nothing
    rows = []
    for question in QUESTIONS:
        took = []
        for turn in range(times + 2):
            terms = question.terms(chance, now.astimezone(settings.zone))
            seconds = await _ask(app, question.path, terms, header)
            if turn >= 2:  # the first ones warm connections and caches up
                took.append(1000 * seconds)
        took.sort()
        rows.append(
            {
                "route": f"{question.path}{_about(question)}",
                "p50": took[len(took) // 2],
                "p95": took[min(len(took) - 1, round(0.95 * len(took)))],
                "goal": question.goal,
                "took": took,
            }
        )
    return rows


async def _ask(app: ASGIApp, path: str, terms: Terms, token: str) -> float:
    """Seconds until the whole answer is there. Raises `CommandFailed` for a refusal."""
    status = 0

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": urlencode(terms).encode(),
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "state": {},
    }
    began = time.perf_counter()
    await app(_typed(scope), receive, send)
    took = time.perf_counter() - began
    if status != 200:
        raise CommandFailed(f"{path}?{urlencode(terms)} answered {status}")
    return took


def _typed(scope: Any) -> Scope:
    typed: Scope = scope
    return typed


def _token(shop: Shop) -> str:
    """For an admin of our own, whom nobody else can be."""
    with shop.store().begin() as work:
        admin = work.admins.find("bench")
    if admin is None:
        admin = shop.create_admin()("bench", secrets.token_urlsafe(24))
    return shop.tokens().issue(Claims(admin_id=admin.id, version=admin.token_version))


def _a_month(chance: random.Random, now: datetime) -> Terms:
    start = (now - timedelta(days=chance.randint(31, 1_000))).date()
    return {"from": start.isoformat(), "to": (start + timedelta(days=31)).isoformat()}


def _a_year_by_month(chance: random.Random, now: datetime) -> Terms:
    start = (now - timedelta(days=chance.randint(365, 700))).date()
    return {"from": start.isoformat(), "to": f"{start + timedelta(days=365)}", "by": "month"}


def _always_by_month(chance: random.Random, now: datetime) -> Terms:
    start = (now - timedelta(days=1_100 + chance.randint(0, 30))).date()
    return {"from": start.isoformat(), "by": "month"}


def _until_now(chance: random.Random, now: datetime) -> Terms:
    return {"from": (now - timedelta(days=chance.randint(20, 30))).date().isoformat()}


def _back_then(chance: random.Random, now: datetime) -> Terms:
    moment = now - timedelta(minutes=chance.randint(1, 900 * 24 * 60))
    return {"as_of": moment.astimezone(UTC).isoformat()}


def _a_year(chance: random.Random, now: datetime) -> Terms:
    return {"year": str(now.year - chance.randint(0, 3))}


def _as_it_comes(_: random.Random, __: datetime) -> Terms:
    return {}


def _a_day_of_orders(chance: random.Random, now: datetime) -> Terms:
    return {"to": (now - timedelta(days=chance.randint(0, 1_000))).date().isoformat()}


def _an_address(chance: random.Random, _: datetime) -> Terms:
    return {"text": f"buyer{chance.randint(1, 1_000)}@example.org"}


def _a_name(chance: random.Random, _: datetime) -> Terms:
    return {"text": f"sample{chance.randint(0, 4_999)}"}


def _two_words(chance: random.Random, _: datetime) -> Terms:
    return {"text": f"rosa sample{chance.randint(0, 4_999)}"}


def _two_first_names(chance: random.Random, _: datetime) -> Terms:
    """Many have either of them, and nobody both."""
    return {"text": " ".join(chance.sample(["ada", "rosa", "june", "vera", "wren"], 2))}


def _a_state(chance: random.Random, _: datetime) -> Terms:
    return {"state": chance.choice(["paid", "in_production", "cancelled", "expired", "delivered"])}


_REPORTS = ("sales", "checkouts", "customers", "service")
_WAYS = (_a_month, _a_year_by_month, _always_by_month, _until_now, _back_then)
QUESTIONS = (
    Question("/analytics/revenue", _a_year),
    Question("/analytics/top-products", _as_it_comes),
    Question("/analytics/inventory", _as_it_comes),
    *(Question(f"/analytics/{name}", way) for name in _REPORTS for way in _WAYS),
    Question("/analytics/sales.csv", _a_year_by_month),
    *(Question("/analytics/goods", way) for way in (_a_month, _until_now, _back_then)),
    Question("/analytics/goods.csv", _a_month),
    Question("/analytics/stock", _as_it_comes),
    Question("/analytics/stock", _back_then),
    Question("/analytics/cash", _a_month),
    Question("/analytics/cash", _until_now),
    Question("/orders", _as_it_comes, ORDERS),
    Question("/orders", _a_day_of_orders, ORDERS),
    Question("/orders", _a_state, ORDERS),
    Question("/orders", _an_address, ORDERS),
    Question("/orders", _a_name, ORDERS),
    Question("/orders", _two_words, ORDERS),
    Question("/orders", _two_first_names, ORDERS),
)
"""Every route of figures, for a month, a year, always, up to now and back then; and the orders."""


def _about(question: Question) -> str:
    return f" ({question.terms.__name__.strip('_').replace('_', ' ')})"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000_000):
        raise argparse.ArgumentTypeError("a whole number from 1 to 10000000")
    return int(text)
