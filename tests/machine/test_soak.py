"""`dev.py soak` ends in time, reports what it did, and says how to see a violation again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import nullcontext

import pytest

from tests.machine import soak
from tests.machine.stage import Violation

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A few runs over memory, and a log that is as it was afterwards."""
    monkeypatch.setattr(soak, "ROUNDS", ("memory",))
    monkeypatch.setattr(soak, "SIZES", {"memory": (2, 10)})
    monkeypatch.setattr(soak, "postgres", lambda: nullcontext(None))
    yield
    logging.disable(logging.NOTSET)


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
