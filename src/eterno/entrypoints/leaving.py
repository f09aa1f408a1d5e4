"""How a process of the shop leaves: what is under way may finish, all of it within one time."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

DRAIN_SECONDS = 10
"""From the signal to stop on, for requests and for what nobody asked for, together."""


class Joinable(Protocol):
    """A thread or a process."""

    def join(self, timeout: float | None = None) -> None: ...


def join_until(moment: float, those: Iterable[Joinable]) -> None:
    """Wait for all of them, but not longer; `moment` is of the monotonic clock."""
    for each in those:
        each.join(max(0.0, moment - time.monotonic()))
