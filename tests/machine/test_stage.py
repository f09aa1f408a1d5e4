"""The stage hears of every bug, also of those that a worker notes, and goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from tests.machine.ablations import Standing
from tests.machine.grounds import in_memory
from tests.machine.stage import Bug, Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    """With one order that is paid, and its letters to be written, and one that is overdue; and
    nothing works that the worker needs."""
    with closing(Stage(in_memory(), Counter(), without_services)) as stage:
        for soap in stage.soaps[:2]:
            stage.finish(stage.check_out(soap, 1, None, "client"))
        stage.pay(stage.pages[0])
        stage.finish(stage.hear(stage.undelivered()[0]))
        stage.wait(timedelta(minutes=32))
        yield stage


def without_services(stage: Stage) -> None:
    stage.payments = Standing(stage.payments, close_session=broken, look_at=broken)
    stage.mailer.send = broken  # type: ignore[method-assign,assignment]


def broken(*_: object) -> None:
    raise KeyError("planted")


@pytest.mark.parametrize("job", ["sweep", "reconcile", "deliver"])
def test_a_bug_after_which_the_worker_goes_on_is_a_violation(stage: Stage, job: str) -> None:
    with pytest.raises(Bug, match="planted"):
        stage.finish(stage.work_on(job))
