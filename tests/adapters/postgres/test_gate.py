"""First come, first served."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread

import pytest

from eterno.adapters.postgres.gate import Gate
from eterno.application.ports.store import StoreUnavailable


def start(work: Callable[[], object]) -> Thread:
    thread = Thread(target=work)
    thread.start()
    return thread


def test_those_who_wait_come_in_in_the_order_in_which_they_came() -> None:
    gate = Gate(1, patience=10)
    served: list[int] = []

    def visit(number: int) -> None:
        with gate.inside():
            served.append(number)

    with gate.inside():
        line = []
        for number in range(10):
            line.append(start(lambda number=number: visit(number)))  # type: ignore[misc]
            time.sleep(0.01)
    for visitor in line:
        visitor.join()

    assert served == list(range(10))


def test_no_more_are_inside_than_there_are_places() -> None:
    gate = Gate(3, patience=10)
    inside: list[int] = []
    most = 0

    def visit() -> None:
        nonlocal most
        for _ in range(50):
            with gate.inside():
                inside.append(1)
                most = max(most, len(inside))
                time.sleep(0.0001)
                inside.pop()

    for visitor in [start(visit) for _ in range(12)]:
        visitor.join()

    assert (most, inside) == (3, [])


def test_whoever_waits_too_long_is_told_and_leaves_the_line() -> None:
    gate = Gate(1, patience=0.02)
    leave = Event()

    def stay() -> None:
        with gate.inside():
            leave.wait(10)

    inside = start(stay)
    time.sleep(0.01)
    with pytest.raises(StoreUnavailable), gate.inside():
        pass
    leave.set()
    inside.join()

    with gate.inside():
        assert True


def test_a_place_is_given_back_whatever_happens_inside() -> None:
    gate = Gate(1, patience=0.02)
    for _ in range(3):
        with pytest.raises(KeyError), gate.inside():
            raise KeyError
