"""With any one of its mechanisms taken out, the shop is found broken, soon, and as what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.machine import ablations, grounds
from tests.machine.ablations import Ablation
from tests.machine.running import run
from tests.machine.stage import Bug, Ground, Violation

BUDGET = 12
"""Numbers that are tried, of a few runs each. Most are found with the first or second."""


def found(ground: Callable[[], Ground], ablation: Ablation) -> list[str]:
    """What did not hold, until it is what the ablation is known by. Raises `Bug` for any that is
    none of that: perhaps it is the ablation's own, and the shop is as whole as ever."""
    said: list[str] = []
    for number in range(1, 1 + BUDGET):
        try:
            run(ground, runs=5, steps=30, spoil=ablation.spoil, number=number)
        # Groups: with locks gone, the same moves do not lead to the same end every time.
        except (Violation, ExceptionGroup) as failure:
            violations = list(violations_in(failure))
            said += map(str, violations)
            if any(re.search(ablation.found_as, str(violation)) for violation in violations):
                break
            if any(isinstance(violation, Bug) for violation in violations):
                raise
    return said


def violations_in(failure: Exception) -> Iterator[Violation]:
    """Raises what is something else."""
    if isinstance(failure, ExceptionGroup):
        for part in failure.exceptions:
            yield from violations_in(part)
    elif isinstance(failure, Violation):
        yield failure
    else:
        raise failure


@pytest.mark.parametrize("name", ablations.IN_MEMORY)
def test_a_forgetful_shop_breaks_without(name: str) -> None:
    ablation = ablations.IN_MEMORY[name]
    assert re.search(ablation.found_as, "\n".join(found(grounds.in_memory, ablation)))


@pytest.mark.parametrize("name", ablations.IN_POSTGRES)
def test_a_shop_on_postgres_breaks_without(name: str, database_uri: str) -> None:
    ablation = ablations.IN_POSTGRES[name]
    with grounds.in_postgres(database_uri) as ground:
        assert re.search(ablation.found_as, "\n".join(found(ground, ablation)))


def test_a_bug_of_the_ablation_itself_proves_nothing() -> None:
    """As one that asks the store for something that it has not."""
    broken = ablations.in_works(lambda work: {"orders": work.no_such_thing})
    with pytest.raises(Bug, match="no_such_thing"):
        found(grounds.in_memory, Ablation(broken, found_as="I03"))
