"""What the postmaster had to say, kept within bounds."""

import os
from pathlib import Path
from typing import IO

_LIMIT = 1_000_000  # bytes
_LAST_LINES = 15


class Log:
    """The file `postgres.log` in `folder`.

    Bounded at each start: a long one is put aside, and the one put aside before is dropped. In
    between it grows only by what concerns the server as a whole (see `log_min_messages`).
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "postgres.log"
        self._start = 0

    def open(self) -> IO[bytes]:
        """For the postmaster to continue. `tail` counts from here."""
        if self.path.exists() and self.path.stat().st_size > _LIMIT:
            self.path.replace(self.path.with_name("postgres.log.old"))
        file = self.path.open("ab")
        self._start = file.seek(0, os.SEEK_END)
        return file

    def tail(self) -> str:
        """The last lines written since `open`."""
        with self.path.open("rb") as file:
            file.seek(self._start)
            lines = file.read(_LIMIT).decode(errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
