"""The bench (`python3 dev.py bench`): what it counts, what it keeps, and that it leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import pytest

from bench import __main__ as the_bench
from bench import client, reading, report
from bench.report import Measured, Row, against_floor, at_most, p95, table, write
from bench.rig import ROOT, Process
from bench.stand_in import HELD, StandInPayments, watch
from bench.terms import Terms
from eterno.adapters.postgres.store import PostgresStore
from tests.builders import an_order

TERMS = Terms(rounds=3, seconds=0.1)
QUICK = [Measured(rate=rate, cpu=cpu) for rate, cpu in ((90.0, 10.0), (80.0, 12.0), (100.0, 11.0))]
FLOOR = [Measured(rate=100.0, cpu=8.0)] * 3


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    return tmp_path


@pytest.fixture
def no_rig(monkeypatch: pytest.MonkeyPatch) -> None:
    """Goals that need nothing."""

    class Nothing:
        def __enter__(self) -> None:
            pass

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(the_bench, "rig", Nothing)
    monkeypatch.setattr(the_bench, "how_busy", lambda: "not at all")


def kept(results: Path) -> dict[str, Any]:
    [path] = results.iterdir()
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_every_round_is_kept_as_numbers(results: Path) -> None:
    write([against_floor("G1", "listing", FLOOR, QUICK, least=0.8)], ["wrk"], "bench")

    [row] = kept(results)["rows"]
    assert row["numbers"]["ratio"] == {
        "min": 0.8,
        "median": 0.9,
        "max": 1.0,
        "all": [0.9, 0.8, 1.0],
    }
    assert row["numbers"]["ours cpu"]["all"] == [10.0, 12.0, 11.0]
    assert row["numbers"]["floor rate"]["median"] == 100.0


def test_every_try_of_something_small_is_kept(results: Path) -> None:
    row = at_most("G4", "search", [3.0, 1.0, 20.0], 10, "ms", figure=max)
    assert (row.ours, row.met) == ("20.0 ms", False)

    write([row], [], "bench")

    assert kept(results)["rows"][0]["numbers"]["ours"]["all"] == [3.0, 1.0, 20.0]


def test_what_was_measured_where_is_kept(results: Path) -> None:
    write([], ["wrk"], "bench --only G1")

    machine = kept(results)["machine"]
    assert machine["cores"] == os.cpu_count()
    assert all(machine[name] for name in ("cpu", "system", "python", "postgres"))


def test_a_row_tells_goal_floor_ours_ratio_and_verdict() -> None:
    head, _, line = table([against_floor("G1", "listing", FLOOR, QUICK, least=0.95)]).splitlines()

    assert [cell.strip() for cell in head.split("|")[1:-1]] == [
        *("goal", "what", "floor", "ours", "ratio (min to max)", "target", "met")
    ]
    assert [cell.strip() for cell in line.split("|")[1:-1]] == [
        *("G1", "listing", "100/s, 8 µs CPU", "90/s, 11 µs CPU"),
        *("0.90 (0.80 to 1.00)", "≥ 0.95", "NO"),
    ]


def test_95_of_100_are_within_the_95th_percentile() -> None:
    measured = [float(each) for each in range(1, 101)]
    assert sum(each <= p95(measured) for each in measured) == 95


@pytest.mark.usefixtures("no_rig")
def test_a_goal_that_breaks_costs_the_others_nothing(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object) -> Iterator[Row]:
        yield at_most("G1", "was measured", [1.0], 2, "s")
        raise subprocess.CalledProcessError(1, "pip")

    def goes_on(*_: object) -> Iterator[Row]:
        yield at_most("G2", "was measured, too", [1.0], 2, "s")

    monkeypatch.setattr(the_bench, "GOALS", {"G1": breaks, "G2": goes_on})

    assert the_bench.main(["--rounds", "1"]) == 1

    rows = kept(results)["rows"]
    assert [row["what"] for row in rows] == [
        *("was measured", the_bench.UNKNOWN, "was measured, too")
    ]
    assert "pip" in rows[1]["ours"]
    assert not rows[1]["met"]
    assert "| G2" in capsys.readouterr().out


@pytest.mark.usefixtures("no_rig")
def test_what_was_measured_outlives_an_interruption(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> Iterator[Row]:
        yield at_most("G1", "was measured", [1.0], 2, "s")
        raise KeyboardInterrupt

    monkeypatch.setattr(the_bench, "GOALS", {"G1": interrupted})
    with pytest.raises(KeyboardInterrupt):
        the_bench.main([])

    assert [row["what"] for row in kept(results)["rows"]] == ["was measured"]


@pytest.mark.parametrize("status", [200, 304])
def test_answers_that_were_wanted_count(own_client: Callable[[int], Process], status: int) -> None:
    assert reading.rate(own_client(status), "/products", {}, TERMS).rate > 0


@pytest.mark.parametrize("status", [0, 404, 503])
def test_no_other_answer_counts(own_client: Callable[[int], Process], status: int) -> None:
    with pytest.raises(RuntimeError, match=f"{status}: 1"):
        reading.rate(own_client(status), "/products", {}, TERMS)


@pytest.fixture
def own_client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[int], Process]:
    """Where wrk is not installed: a server, one of whose answers has this status."""
    monkeypatch.setattr("shutil.which", lambda _: None)

    def answering(status: int) -> Process:
        load = client.Load(seconds=0.1, statuses=Counter({200: 9}) + Counter({status: 1}))
        monkeypatch.setattr(client, "run", lambda *_, **__: load)
        return Process(psutil.Process(), 0, tmp_path)

    return answering


def test_who_stands_still_does_nothing(tmp_path: Path) -> None:
    counts = "import time\nwhile True: time.sleep(0.01); print(end='.', flush=True)"
    log = tmp_path / "log"
    with log.open("wb") as out:
        started = subprocess.Popen([sys.executable, "-c", counts], stdout=out)
    try:
        waits(lambda: log.stat().st_size > 0)
        with Process(started, 0, log).still():
            time.sleep(0.1)
            before = log.stat().st_size
            time.sleep(0.3)
            assert log.stat().st_size == before
        waits(lambda: log.stat().st_size > before)
    finally:
        started.kill()
        started.wait()


def test_it_is_seen_what_a_buyer_holds_while_she_waits(database_uri: str) -> None:
    store = PostgresStore(database_uri)
    watch(store.engine.pool)
    order, payments = an_order(), StandInPayments(0)

    assert payments.open_session(order).url.endswith(f"{HELD}0")
    with store.look():
        assert payments.open_session(order).url.endswith(f"{HELD}1")
    assert payments.open_session(order).url.endswith(f"{HELD}0")
    store.close()


BENCH = """
import sys
from pathlib import Path
from bench import __main__ as bench, report
report.RESULTS = Path(sys.argv[1])
sys.exit(bench.main(["--only", "G1", "--rounds", "1000"]))
"""


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder for what is temporary, whose name is so short that sockets have room in it."""
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        yield Path(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can be told to stop there, only ended")
def test_a_bench_that_is_told_to_stop_leaves_nothing(results: Path, short: Path) -> None:
    """Database, shop and floor are gone, their folders too, and what was measured is kept."""
    bench = subprocess.Popen(
        [sys.executable, "-c", BENCH, str(results)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(short), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
    )
    started: set[psutil.Process] = set()
    try:
        itself = psutil.Process(bench.pid)

        def measures() -> bool:
            started.update(itself.children(recursive=True))
            return {"bench.floor", "bench.shop"} <= {word for one in started for word in words(one)}

        waits(measures)
        time.sleep(0.5)
        started.update(itself.children(recursive=True))
        bench.send_signal(signal.SIGTERM)
        assert bench.wait(60) == 128 + signal.SIGTERM
        assert [one for one in started if one.is_running()] == []
        assert list(short.iterdir()) == []
        assert kept(results)["rows"] == []
    finally:
        for one in (*started, bench):
            if isinstance(one, subprocess.Popen) or one.is_running():
                one.kill()
        bench.wait()


def words(process: psutil.Process) -> list[str]:
    try:
        said: list[str] = process.cmdline()
    except psutil.Error:  # it has ended
        return []
    return said


def waits(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)
