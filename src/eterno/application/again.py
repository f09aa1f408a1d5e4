"""Doing a work over when another one was in its way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from eterno.application.ports.store import CollidedWork

Result = TypeVar("Result")

TIMES = 3
"""How often a collided work is done over before the refusal is passed on."""
LONGEST_PAUSE = 0.05
"""Seconds. Short, because somebody waits; random, lest two that collided collide again."""


def again(step: Callable[[], Result]) -> Result:
    """The result of `step`, done over up to `TIMES` times while it raises `CollidedWork`.

    `step` must hold its whole transaction and nothing that cannot be done twice.
    """
    for _ in range(TIMES):
        try:
            return step()
        except CollidedWork:
            time.sleep(random.uniform(0, LONGEST_PAUSE))  # noqa: S311 - guards nothing
    return step()
