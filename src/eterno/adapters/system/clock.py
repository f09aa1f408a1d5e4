"""The machine's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Implements `Clock`. `ahead` is added to the time, so that tests can let it pass."""

    def __init__(self, ahead: Callable[[], timedelta] = timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead()
