"""Whether the shop's books are true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MOST_KEYS = 100
"""That one verdict names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How an invariant stands."""

    id: str
    """"I03"."""
    sentence: str
    keys: tuple[str, ...]
    """Of that for which it does not hold, the first `MOST_KEYS`; empty when all is well."""


class Books(Protocol):
    def audit(self) -> Sequence[Verdict]:
        """A verdict on each of `domain.invariants.INVARIANTS`, in their order.

        All of them are about one moment. Nothing is changed and nobody has to wait meanwhile.
        Raises `StoreUnavailable`.
        """
        ...
