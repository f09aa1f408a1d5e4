"""One run per data folder: the second says so instead of getting in the way of the first."""

from pathlib import Path
from types import TracebackType
from typing import Self

from eterno.adapters.postgres.file_lock import FileLock


class FolderInUse(RuntimeError):
    """Another process serves this folder. `pid` is its number, where it could be read."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        super().__init__(
            f"Another run (process {pid or 'unknown'}) already serves {folder}. "
            "Stop it first, or give this one a data folder of its own."
        )
        self.folder = folder
        self.pid = pid


class FolderLock:
    """Held for as long as a run serves `folder`; the folder is made when it is not there.

    Used as a context manager. Entering raises `FolderInUse` at once when another process (or
    another lock in this one) is inside. The lock vanishes with the process, also after `kill -9`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._lock = FileLock(self._folder / "run.lock")

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        if not self._lock.acquire():
            raise FolderInUse(self._folder, self._lock.holder())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()
