from __future__ import annotations

import pytest

from eterno.application.again import LONGEST_PAUSE, TIMES, again
from eterno.application.ports.store import CollidedWork, StoreUnavailable


class Step:
    """Fails so many times, then succeeds."""

    def __init__(self, failures: int, error: type[Exception] = CollidedWork) -> None:
        self.calls = 0
        self._failures = failures
        self._error = error

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self._failures:
            raise self._error
        return "done"


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    return pauses


def test_what_succeeds_is_done_once(pauses: list[float]) -> None:
    step = Step(failures=0)

    assert again(step) == "done"
    assert (step.calls, pauses) == (1, [])


@pytest.mark.parametrize("failures", range(1, TIMES + 1))
def test_a_step_that_collided_is_done_over(failures: int) -> None:
    assert again(Step(failures)) == "done"


def test_it_is_done_over_a_few_times_and_no_more() -> None:
    step = Step(failures=100)

    with pytest.raises(CollidedWork):
        again(step)

    assert step.calls == 1 + TIMES


def test_somebody_waits_so_the_pauses_are_short(pauses: list[float]) -> None:
    again(Step(failures=TIMES))

    assert len(pauses) == TIMES
    assert all(0 <= pause <= LONGEST_PAUSE for pause in pauses)


def test_what_may_have_happened_is_not_done_over() -> None:
    step = Step(failures=1, error=StoreUnavailable)

    with pytest.raises(StoreUnavailable):
        again(step)

    assert step.calls == 1
