"""Running the shop machine: the same runs every time, or by a seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.shop_machine import ShopMachine
from tests.machine.stage import Ground, Stage


def run(
    ground: Callable[[], Ground],
    *,
    runs: int,
    steps: int,
    spoil: Callable[[Stage], None] | None = None,
    number: int | None = None,
    happened: Counter[str] | None = None,
    shrinking: bool = False,
) -> Counter[str]:
    """What happened in so many runs of so many steps. The same `number` gives the same runs; None
    is a number too. Raises `Violation`, or an exception group of what failed in different ways."""

    class Machine(ShopMachine):
        pass

    Machine.ground = staticmethod(ground)
    Machine.spoil = staticmethod(spoil) if spoil else None
    Machine.happened = Counter() if happened is None else happened
    machine = Machine if number is None else seed(number)(Machine)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            derandomize=number is None,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink] if shrinking else [Phase.generate],
        ),
    )
    return Machine.happened
