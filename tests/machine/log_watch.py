"""Exceptions that nobody raises to us, because a worker catches whatever happens and goes on."""

from __future__ import annotations

import logging

SHOP = logging.getLogger("eterno")


class LogWatch(logging.Handler):
    """Keeps what the shop logs with an exception. A service that is silent it logs without one."""

    def __init__(self) -> None:
        super().__init__()
        self._bugs: list[tuple[str, BaseException]] = []
        SHOP.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and (error := record.exc_info[1]):
            self._bugs.append((record.getMessage(), error))

    def take(self) -> tuple[str, BaseException] | None:
        """The next one that nobody has taken: what the shop said of it, and what it was."""
        return self._bugs.pop(0) if self._bugs else None

    def close(self) -> None:
        SHOP.removeHandler(self)
        super().close()
