"""A large past, how it is made and asked, and `eterno report` over it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import text

from eterno.adapters.postgres.figures import PostgresFigures, sums_statement
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.analytics.question import Question
from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.tell_sales import TellSales
from eterno.domain.calendar import Window, midnight
from eterno.domain.figures import Measure
from eterno.entrypoints.cli.bench import QUESTIONS, refuse_what_is_real, say_markdown
from eterno.entrypoints.cli.main import main
from eterno.entrypoints.cli.output import CommandFailed
from eterno.entrypoints.cli.report import bar
from eterno.entrypoints.http.analytics import ANALYTICS
from eterno.entrypoints.settings import read_settings
from tests.support.audit import faults
from tests.support.databases import DatabaseServer

DENVER = ZoneInfo("America/Denver")
ORDERS, DAYS = 4_000, 90
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def large(database_server: DatabaseServer, migrated_template: str) -> Iterator[str]:
    """A database with years of orders, of which all days that are over are summed up."""
    with (
        pytest.MonkeyPatch.context() as environment,
        database_server.database(migrated_template) as uri,
    ):
        environment.setenv("SQLALCHEMY_DATABASE_URI", uri)
        assert main(["bench", "seed", "--orders", str(ORDERS), "--days", str(DAYS)]) == 0
        yield uri


@pytest.fixture
def eterno(large: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", large)
    monkeypatch.setenv("ETERNO_DATA_DIR", str(tmp_path))
    return lambda *words: main(words)


@pytest.fixture
def store(large: str) -> Iterator[PostgresStore]:
    store = PostgresStore(large)
    yield store
    store.close()


def test_what_is_made_up_adds_up(large: str, store: PostgresStore) -> None:
    with store.look() as connection:
        orders, lines = (
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
            for table in ("orders", "order_lines")
        )

    assert (orders, lines) == (ORDERS, 2 * ORDERS)
    assert faults(large) == {}


def test_the_same_seed_makes_the_same_past(
    large: str, store: PostgresStore, database_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", database_uri)
    assert main(["bench", "seed", "--orders", str(ORDERS), "--days", str(DAYS)]) == 0
    question = text("SELECT number, state, subtotal, discount, basket FROM orders ORDER BY token")
    other = PostgresStore(database_uri)

    with store.look() as here, other.look() as there:
        assert here.execute(question).all() == there.execute(question).all()
    other.close()


def test_a_shop_with_orders_is_left_alone(eterno: Callable[..., int], capsys: Output) -> None:
    assert eterno("bench", "seed", "--orders", "10") == 1
    assert "orders already" in capsys.readouterr().err


def test_only_a_database_for_development_is_filled() -> None:
    elsewhere = "postgresql://shop@db.example/eterno"
    with pytest.raises(CommandFailed, match="made-up orders"):
        refuse_what_is_real(read_settings({"SQLALCHEMY_DATABASE_URI": elsewhere}))
    real = msgspec.structs.replace(read_settings({}), environment="production")
    with pytest.raises(CommandFailed, match="production"):
        refuse_what_is_real(real)
    refuse_what_is_real(read_settings({}))
    refuse_what_is_real(read_settings({"SQLALCHEMY_DATABASE_URI": f"{elsewhere}_dev"}))


def plan(store: PostgresStore, measures: frozenset[Measure], window: Window, known: date) -> str:
    """How PostgreSQL sums these up as of the evening of that day."""
    terms = {
        "measures": [measure.value for measure in measures],
        "first": window.start,
        "last": window.end,
        "start": window.start,
        "end": window.end,
        "by": "day",
        "known": known,
        "a": midnight(known, DENVER),
        "b": midnight(known, DENVER) + timedelta(hours=20),
        "zone": DENVER.key,
    }
    with store.look() as connection:
        statement = sums_statement(measures)
        lines = connection.execute(text(f"EXPLAIN {statement.text}"), terms)
        return "\n".join(line[0] for line in lines)


def test_a_month_is_told_without_reading_order_lines(store: PostgresStore) -> None:
    today = datetime.now(UTC).astimezone(DENVER).date()
    for days in (0, 40):
        known = today - timedelta(days=days)
        window = Window(known - timedelta(days=31), known)
        for measures in (frozenset(Measure), *(frozenset({measure}) for measure in Measure)):
            told = plan(store, measures, window, known)
            assert "order_lines" not in told
            assert "figures_daily" in told


def test_other_attempts_of_a_buyer_are_looked_for_in_their_week(store: PostgresStore) -> None:
    """One client, such as the shop's own hand, may stand for most of its orders."""
    known = datetime.now(UTC).astimezone(DENVER).date() - timedelta(days=40)
    window = Window(known - timedelta(days=31), known)

    told = plan(store, frozenset({Measure.STARTED}), window, known)

    assert "Index Cond: ((client = bought.client) AND (created_at <= bought.paid_at)" in told


def test_kept_sums_tell_what_history_tells(store: PostgresStore) -> None:
    figures = PostgresFigures(store, DENVER)
    elsewhere = PostgresFigures(store, ZoneInfo("Etc/GMT+7"))  # nothing is kept for it
    end = datetime.now(UTC).astimezone(ZoneInfo("Etc/GMT+7")).date()
    ever = Window(end - timedelta(days=1_200), end)
    now = midnight(end, ZoneInfo("Etc/GMT+7"))
    whole = frozenset(Measure) - {Measure.LOST_DEMAND}

    def told(figures: PostgresFigures) -> dict[Measure, int]:
        sums: dict[Measure, int] = dict.fromkeys(whole, 0)
        for one in figures.sums(whole, ever, as_of=now):
            sums[one.measure] += one.amount
        return sums

    assert told(figures)[Measure.ORDERS] > 0.8 * ORDERS
    kept, raw = told(figures), told(elsewhere)
    # A day's border lies an hour apart in summer; what is added up over years does not care.
    assert {m: abs(kept[m] - raw[m]) <= 0.01 * abs(raw[m]) for m in whole} == dict.fromkeys(
        whole, True
    )


def test_products_sum_to_the_shop(store: PostgresStore) -> None:
    figures = PostgresFigures(store, DENVER)
    end = datetime.now(UTC).astimezone(DENVER).date() + timedelta(days=1)
    question = Question(window=Window(end - timedelta(days=900), end))

    total = TellSales(figures)(question).total
    goods = RankGoods(figures)(question)

    assert sum(one.sold.net_sales for one in goods) == total.net_sales > 0
    assert 0 < total.refunds <= total.charged


def test_every_route_of_figures_is_measured(eterno: Callable[..., int], capsys: Output) -> None:
    asked = {question.path for question in QUESTIONS}
    served = {
        path for handler in ANALYTICS for path in handler.paths if "GET" in handler.http_methods
    }
    assert served <= asked

    eterno("bench", "figures", "--times", "3", "--json")

    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert len(rows) == len(QUESTIONS)
    assert all(row["p50"] in row["took"] and len(row["took"]) == 3 for row in rows)
    assert all(0 < row["p50"] <= row["p95"] for row in rows)


def test_a_measurement_is_a_table_with_a_verdict(
    eterno: Callable[..., int], capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eterno.entrypoints.cli.bench.QUESTIONS", QUESTIONS[:1])

    code = eterno("bench", "figures", "--times", "1")

    said = capsys.readouterr().out
    assert "P95 MS" in said
    assert ("TOO SLOW" in said) == (code == 1)


def test_a_measurement_can_be_put_into_the_documentation(capsys: Output) -> None:
    row = {"route": "/orders (a name)", "p50": 10.04, "p95": 50.0, "goal": 50.0}

    say_markdown([row, {**row, "p95": 49.9}])

    assert capsys.readouterr().out.splitlines()[2:] == [
        "| `/orders` (a name) | 10.0 | 50.0 | < 50, missed |",
        "| `/orders` (a name) | 10.0 | 49.9 | < 50 |",
    ]


@pytest.mark.parametrize(("goal", "code"), [(10_000.0, 0), (0.001, 1)])
def test_a_goal_that_is_missed_is_told_to_scripts(
    eterno: Callable[..., int],
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    goal: float,
    code: int,
) -> None:
    question = replace(QUESTIONS[0], goal=goal)
    monkeypatch.setattr("eterno.entrypoints.cli.bench.QUESTIONS", (question,))

    assert eterno("bench", "figures", "--times", "1", "--markdown") == code
    assert ("missed" in capsys.readouterr().out) == bool(code)


def test_the_report_is_a_table_with_bars(eterno: Callable[..., int], capsys: Output) -> None:
    assert eterno("report", "--by", "month") == 0

    said = capsys.readouterr().out
    for word in ("ORDERS", "NET", "together", "BEST SELLERS", "█", "─"):
        assert word in said
    assert max(len(line) for line in said.splitlines()) < 140


@pytest.mark.parametrize("by", ["day", "week", "month"])
def test_the_report_is_told_to_scripts_in_minor_units(
    eterno: Callable[..., int], capsys: Output, by: str
) -> None:
    words = ("--from", "2025-12-01", "--to", "2026-02-01", "--by", by, "--json")
    assert eterno("report", *words) == 0

    told = json.loads(capsys.readouterr().out)
    assert sum(period["net_sales"] for period in told["periods"]) == told["total"]["net_sales"]
    assert told["periods"][0]["start"] == "2025-12-01"
    assert told["periods"][-1]["end"] == "2026-02-01"


def test_the_report_can_be_of_what_was_known_then(
    eterno: Callable[..., int], capsys: Output
) -> None:
    assert eterno("report", "--as-of", "2020-01-01T00:00Z", "--by", "week") == 0

    said = capsys.readouterr().out
    assert "As known on 31 Dec 2019 at 17:00 MST" in said
    assert "BEST SELLERS" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--from", "yesterday"), 2),
        (("--by", "year"), 2),
        (("--as-of", "2026-01-01T00:00"), 2),
        (("--as-of", "soon"), 2),
        (("--from", "2026-03-02", "--to", "2026-03-01"), 1),
        (("--as-of", "2999-01-01T00:00Z"), 1),
    ],
)
def test_a_report_that_cannot_be_meant_is_refused(
    eterno: Callable[..., int], words: tuple[str, ...], code: int
) -> None:
    try:
        ended = eterno("report", *words)
    except SystemExit as end:
        ended = int(end.code or 0)
    assert ended == code


@pytest.mark.parametrize("number", ["0", "-1", "x", "10000001"])
def test_a_number_of_orders_is_a_number(number: str) -> None:
    with pytest.raises(SystemExit) as end:
        main(["bench", "seed", "--orders", number])
    assert end.value.code == 2


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 8, ""), (8, 8, "█" * 24), (4, 8, "█" * 12), (1, 192, "▏"), (-3, 8, ""), (3, 0, "")],
)
def test_a_bar_shows_a_share(part: int, whole: int, shown: str) -> None:
    assert bar(part, whole) == shown
