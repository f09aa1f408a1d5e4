"""A PostgreSQL for one test session, in memory where the machine has room for it."""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from eterno.adapters.postgres.embedded import EmbeddedPostgres
from eterno.adapters.postgres.embedded.annex import Annex
from eterno.adapters.postgres.embedded.postmaster import Postmaster
from eterno.adapters.postgres.file_lock import FileLock

_PREFIX = "eterno_test_"
_ROOM = 1 << 30  # bytes; a container's /dev/shm often has 64 MB, and a full one stops PostgreSQL
_FORGOTTEN = 60.0  # seconds after which a cluster that nobody holds is nobody's


@contextmanager
def throw_away_cluster() -> Iterator[EmbeddedPostgres]:
    """A cluster of our own that is gone afterwards. Enter it from the main thread.

    Killed hard, a session leaves its folder (never its PostgreSQL) to be swept up by a later one.
    """
    place = roomy_place()
    _sweep(place)
    with (
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=place) as folder,
        EmbeddedPostgres.open(Path(folder), durable=False) as postgres,
    ):
        yield postgres


def roomy_place() -> Path:
    """In memory if there is room, else the system's temporary directory."""
    memory = Path("/dev/shm")  # noqa: S108 (a private directory is made in it)
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM:
        return memory
    return Path(tempfile.gettempdir())


def _sweep(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        if _forgotten(folder):
            Annex(folder).clear()
            shutil.rmtree(folder, ignore_errors=True)


def _forgotten(folder: Path) -> bool:
    try:
        known = folder.stat()
        if sys.platform != "win32" and known.st_uid != os.geteuid():
            return False
        lock = FileLock(folder / "lock")
        free = time.time() - known.st_mtime > _FORGOTTEN and lock.acquire()
        lock.release()
    except OSError:  # its owner was quicker
        return False
    return free


def connect(uri: str) -> psycopg.Connection:
    """Without SQLAlchemy, which the embedded PostgreSQL knows nothing of."""
    return psycopg.connect(uri.replace("+psycopg", ""))


def ask(uri: str, question: str) -> str:
    """The first thing that the database answers, as text."""
    with connect(uri) as connection:
        answer = connection.execute(question.encode()).fetchone()
    assert answer is not None
    return str(answer[0])


def pid_in(folder: Path) -> int:
    """The process that serves the cluster in `folder`, or did so last."""
    postmaster = Postmaster.recorded_in(folder / "cluster")
    assert postmaster is not None
    return postmaster.pid
