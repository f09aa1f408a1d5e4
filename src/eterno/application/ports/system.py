"""Time and names."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    def now(self) -> datetime:
        """The present, in UTC, aware of its zone."""
        ...


class Ids(Protocol):
    def new(self) -> UUID:
        """A name never used before. Later names sort after earlier ones, to the millisecond."""
        ...

    def token(self) -> str:
        """A name nobody can guess: at least 128 random bits, safe in an address."""
        ...
