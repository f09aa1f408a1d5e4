"""A lock between processes that cannot be forgotten: it vanishes with its holder."""

import os
import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    _BEYOND_THE_PID = 1 << 30  # Windows forbids others to read what is locked

    def _locked(file: IO[str]) -> bool:
        file.seek(_BEYOND_THE_PID)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """An exclusive lock on the file `path`, whose folder must exist.

    The operating system drops it when the holder ends, however it ends. It also keeps out a
    second `FileLock` in the same process. The file itself stays: to delete it would let two
    holders lock two files of one name. It holds the pid of who locked it last.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Take the lock now, or say False when someone has it. Never waits."""
        file = self._path.open("a+", encoding="ascii")
        if not _locked(file):
            file.close()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def holder(self) -> int | None:
        """The pid of who took the lock last, or None when that cannot be read."""
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def release(self) -> None:
        """Give the lock back. Harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
