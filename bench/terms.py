"""How long and how often to measure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    rounds: int
    seconds: float
    """Of one measurement; each round has one of the floor and one of ours."""
    orders: int = 1_000_000
    """Of the large shop's past."""
