"""With any one of its mechanisms taken out, the shop is found broken, and soon."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis.errors import FlakyFailure

from tests.machine import ablations, grounds
from tests.machine.ablations import Spoil
from tests.machine.running import run
from tests.machine.stage import Ground, Violation

BUDGET = 12
"""Numbers that are tried, of a few runs each. Most are found with the first or second."""


def is_found_broken(ground: Callable[[], Ground], spoil: Spoil) -> bool:
    for number in range(1, 1 + BUDGET):
        try:
            run(ground, runs=5, steps=30, spoil=spoil, number=number)
        except (Violation, FlakyFailure, ExceptionGroup):
            # Flaky: with locks gone, the same moves do not lead to the same end every time.
            return True
    return False


@pytest.mark.parametrize("name", ablations.IN_MEMORY)
def test_a_forgetful_shop_breaks_without(name: str) -> None:
    assert is_found_broken(grounds.in_memory, ablations.IN_MEMORY[name])


@pytest.mark.parametrize("name", ablations.IN_POSTGRES)
def test_a_shop_on_postgres_breaks_without(name: str, database_uri: str) -> None:
    with grounds.in_postgres(database_uri) as ground:
        assert is_found_broken(ground, ablations.IN_POSTGRES[name])
