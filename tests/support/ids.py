"""Names that a person can read in a failing test."""

from __future__ import annotations

from itertools import count
from uuid import UUID


class CountingIds:
    """Implements `Ids`, but for the guessing: 1, 2, 3, …"""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self) -> UUID:
        return UUID(int=next(self._numbers))

    def token(self) -> str:
        return f"token-{next(self._numbers)}"
