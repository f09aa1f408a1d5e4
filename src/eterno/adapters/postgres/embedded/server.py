"""A PostgreSQL whose data live in a folder: started by one process, joined by others."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from eterno.adapters.postgres.embedded.child import START_LIMIT, Child
from eterno.adapters.postgres.embedded.cluster import password_file
from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError
from eterno.adapters.postgres.embedded.postmaster import Postmaster
from eterno.adapters.postgres.file_lock import FileLock


class EmbeddedPostgres:
    """A running PostgreSQL. Get one from `open` or `running_in`; close it, or use it in a `with`.

    It listens on a Unix socket in a private directory and on no network. (On Windows, where this
    is untested: on loopback, with a password.) Everything is in the folder, except, when the
    folder's path is too long for a socket or root alone may reach the programs, a directory below
    the system's temporary one, which goes away with the server.
    """

    started_here: bool
    """Will `close` stop it? False when it was joined, and after `close`."""

    def __init__(self, folder: Path, postmaster: Postmaster) -> None:
        self._folder = folder
        self._postmaster = postmaster
        self._cleanup = contextlib.ExitStack()
        self.started_here = False

    @classmethod
    def open(cls, folder: Path, *, durable: bool = True) -> Self:
        """Start the PostgreSQL of `folder`, or join the one that another process runs there.

        The first start makes the cluster. `durable=False` trades the data's safety in a power cut
        for speed: for tests.

        Who starts it looks after it: `close` stops it, and on Linux so does the end of the
        *thread* that called `open`, even by `kill -9`: call it from the main thread. Elsewhere one
        that was left behind is stopped, and started anew, by the next `open`. Ctrl-C in the
        terminal does not reach it, so that a server can finish its work first.

        Raises `EmbeddedPostgresError`.
        """
        folder = folder.absolute()
        with _permissions_explained(folder), contextlib.ExitStack() as cleanup:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            deadline = time.monotonic() + START_LIMIT
            while not lock.acquire():
                if joined := cls.running_in(folder):
                    return joined
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(
                        f"Process {lock.holder()} has held {folder} for {START_LIMIT:.0f} s, but "
                        "no PostgreSQL got ready there: end that process and start again."
                    )
                time.sleep(0.02)
            cleanup.callback(lock.release)
            child = Child(folder, durable=durable)
            cleanup.callback(child.stop)
            started = cls(folder, child.postmaster)
            started._cleanup = cleanup.pop_all()
            started.started_here = True
            return started

    @classmethod
    def running_in(cls, folder: Path) -> Self | None:
        """Join the PostgreSQL running in `folder`; None when there is none. Starts nothing."""
        folder = folder.absolute()
        with _permissions_explained(folder):
            postmaster = Postmaster.recorded_in(folder / "cluster")
            if postmaster is None or not postmaster.answers():
                return None
            return cls(folder, postmaster)

    @property
    def uri(self) -> str:
        """Where SQLAlchemy finds the database `postgres`, as the superuser of that name."""
        return self.uri_of("postgres")

    def uri_of(self, database: str) -> str:
        """The same for another database."""
        port, name = self._postmaster.port, quote(database, safe="")
        if self._postmaster.sockets is None:
            password = password_file(self._folder).read_text(encoding="ascii")
            return f"postgresql+psycopg://postgres:{password}@127.0.0.1:{port}/{name}"
        sockets = quote(str(self._postmaster.sockets))
        return f"postgresql+psycopg://postgres@/{name}?host={sockets}&port={port}"

    def close(self) -> None:
        """Stop what was started here; leave alone what was joined. Harmless when repeated."""
        self.started_here = False
        self._cleanup.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextlib.contextmanager
def _permissions_explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"Not allowed to use {folder} ({error}). Run this as the user who first started the "
            "shop here, or give it a data folder of its own."
        ) from error
