"""A round of `dev.py soak` with real processes: the kills and the races, run by pytest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = "tests/scenarios"
PROOFS = (
    "tests/soak",
    *(f"{SCENARIOS}/test_{name}.py" for name in ("kills", "races", "refund_races", "stock_races")),
)
KILLING = 60.0
"""Seconds of `kill -9` in a round, about; less, when less time is left."""
LONGEST = 1_200.0
"""Seconds after which a round that does not end has failed."""
MARGIN = 60.0
"""Seconds that it gets for its last proof, when the time is over."""
FAREWELL = 60.0
"""Seconds that a proof gets to end its processes and databases, when it is stopped in its midst."""
END = "ETERNO_SOAK_END"
"""Names the moment, in seconds since 1970, after which no other proof begins."""
CUT_SHORT = 99
"""How pytest ends when one did not."""
IS_OVER = "the time is over"


class Failed(Exception):
    """Something did not hold."""


def prove(number: int, left: float, happened: Counter[str]) -> None:
    """A round with this number as its seed, and so many seconds left. Raises `Failed`."""
    within = min(LONGEST, left + MARGIN)
    with tempfile.TemporaryDirectory(prefix="eterno_proofs_") as folder:
        results = Path(folder) / "results.xml"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
                *("-p", "tests.machine.proofs", "-c", "pyproject.toml"),
                *("-m", "soak or not soak", *PROOFS),
                *(f"--junitxml={results}", "-o", "junit_family=xunit1"),  # the one with properties
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "ETERNO_SOAK_SEED": str(number),
                "ETERNO_SOAK_MINUTES": str(min(KILLING, left / 4) / 60),
                END: str(time.time() + left),
            },
        )
        code = ended(process, within)
        is_cut_short = code == CUT_SHORT or (code is None and within < LONGEST)
        if results.exists():
            happened.update(told_by(results))
    if is_cut_short:
        happened["proofs cut short"] += 1
    elif code != 0:
        how = "failed" if code is not None else f"did not end in {LONGEST:.0f} seconds"
        raise Failed(
            f"the proofs {how}\nto see it again: python3 dev.py soak --replay proofs:{number}"
        )


def ended(process: subprocess.Popen[bytes], within: float) -> int | None:
    """How it ended; None if it had to be stopped, which it gets time for."""
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return None


def told_by(results: Path) -> Counter[str]:
    """How many proofs of each file held, and what was counted in them."""
    counts: Counter[str] = Counter()
    for proof in ElementTree.parse(results).iter("testcase"):  # noqa: S314  # we wrote it
        if not any(proof.find(ill) is not None for ill in ("failure", "error", "skipped")):
            counts[proof.get("classname", "").rpartition(".")[2]] += 1
        for kept in proof.iter("property"):
            counts.update(json.loads(kept.get("value", "{}")))
    return counts


# What follows, pytest asks us: see its option `-p`.


def pytest_runtest_teardown(item: Any, nextitem: Any) -> None:
    if nextitem is not None and time.time() > float(os.environ[END]):
        item.session.shouldstop = IS_OVER


def pytest_sessionfinish(session: Any) -> None:
    if session.shouldstop == IS_OVER:
        session.exitstatus = CUT_SHORT
