"""`dev.py soak` ends in time, reports what it did, and says how to see a violation again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.machine import proofs, soak
from tests.machine.stage import Violation

RUN_AS_IT_IS = soak.ROUNDS
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few runs over memory."""
    monkeypatch.setattr(soak, "ROUNDS", ("memory",))
    monkeypatch.setattr(soak, "SIZES", {"memory": (2, 10)})
    monkeypatch.setattr(soak, "postgres", lambda: nullcontext(None))


def test_a_healthy_shop_is_reported_with_what_was_done_to_it(capsys: Output) -> None:
    assert soak.main(["--minutes", "0.01", "--seed", "7"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("memory:7\n")
    for part in ("operations: ", "orders: ", "faults: ", "recoveries: ", "violations: 0\n"):
        assert part in said


def test_a_violation_is_told_with_its_moves_and_how_to_see_it_again(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> None:
        violation = Violation("I03 does not hold for 7")
        violation.add_note("state.a_sale()\nstate.what_must_hold_holds()")
        raise violation

    monkeypatch.setattr(soak, "run", run)

    assert soak.main(["--replay", "memory:7"]) == 1
    said = capsys.readouterr().out
    assert "violations: 1\nViolation: I03 does not hold for 7\nstate.a_sale()\n" in said
    assert said.endswith("to see it again: python3 dev.py soak --replay memory:7\n")


PROOF = """
import os, time

def test_it(record_property):
    assert os.environ["ETERNO_SOAK_SEED"] == "7"
    record_property("round", '{"kill -9 of web": 3, "answered 503": 4}')
    time.sleep(%s)

def test_another():
    pass
"""


@pytest.fixture
def proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def takes(seconds: float) -> None:
        file = tmp_path / "test_proof.py"
        file.write_text(PROOF % seconds)
        monkeypatch.setattr(proofs, "PROOFS", (f"--rootdir={tmp_path}", str(file)))
        monkeypatch.setattr(soak, "ROUNDS", ("proofs",))

    return takes


def test_kills_and_races_have_the_rounds_seed_and_are_in_the_report(
    capsys: Output, proof: Callable[[float], None]
) -> None:
    proof(0)

    assert soak.main(["--replay", "proofs:7"]) == 0
    said = capsys.readouterr().out
    for part in ("1 of proofs", "kill -9 of web 3", "answered 503 4", "test_proof 2"):
        assert part in said


def test_kills_and_races_that_fail_are_a_violation(
    capsys: Output, proof: Callable[[float], None]
) -> None:
    proof(0)

    assert soak.main(["--replay", "proofs:8"]) == 1
    assert "to see it again: python3 dev.py soak --replay proofs:8\n" in capsys.readouterr().out


def test_no_other_proof_begins_when_the_time_is_over(
    capsys: Output, proof: Callable[[float], None]
) -> None:
    proof(0)

    assert soak.main(["--minutes", "0.001", "--seed", "7"]) == 0
    assert "proofs that held: proofs cut short 1, test_proof 1\n" in capsys.readouterr().out


def test_a_proof_that_takes_too_long_is_stopped_soon_after_the_time_is_over(
    capsys: Output, proof: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    proof(60)
    monkeypatch.setattr(proofs, "MARGIN", 2.0)

    began = time.monotonic()
    assert soak.main(["--minutes", "0.001", "--seed", "7"]) == 0
    assert time.monotonic() - began < 30
    assert "proofs that held: proofs cut short 1" in capsys.readouterr().out


def test_a_short_soak_has_a_round_of_each_kind() -> None:
    assert {*RUN_AS_IT_IS[:3]} == {"memory", "postgres", "proofs"}
