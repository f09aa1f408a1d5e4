"""The postmaster: PostgreSQL's first process, and the file in which it says how it is doing."""

import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError

_PATIENCE = 2.0  # seconds for an answer from the same machine
_STOP_LIMIT = 30.0


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` said of the cluster when it was read."""

    cluster: Path
    pid: int
    port: int
    sockets: Path | None  # None: it listens on 127.0.0.1
    ready: bool

    @classmethod
    def recorded_in(cls, cluster: Path) -> Self | None:
        """The postmaster that wrote itself down in `cluster`. It may have died since."""
        try:
            lines = (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        # pid, data folder, start time, port, socket folder, address, shared memory, status
        match [line.strip() for line in lines]:
            case [pid, _, _, port, sockets, _, _, status, *_]:
                pass
            case [pid, *_] if pid:
                port, sockets, status = "0", "", "starting"
            case _:
                return None
        # A socket folder of "." is meant as PostgreSQL sees it: from inside the cluster.
        return cls(
            cluster=cluster,
            pid=abs(int(pid)),  # negative: PostgreSQL's single-user mode
            port=int(port),
            sockets=cluster / sockets if sockets else None,
            ready=status == "ready",
        )

    def answers(self) -> bool:
        """Does it say that it is ready, and is someone really listening?"""
        if not self.ready:
            return False
        try:
            self._visit()
        except OSError:
            return False
        return True

    def lives(self) -> bool:
        """Is this still the process that it was? Numbers are used again after a restart.

        Sure on Linux. Elsewhere one that has stopped listening counts as gone; PostgreSQL itself
        looks again and refuses to start beside another.
        """
        if self.answers():
            return True
        if sys.platform == "linux":
            try:
                return Path(f"/proc/{self.pid}/cwd").samefile(self.cluster)
            except OSError:
                return False
        return False

    def stop(self) -> None:
        """Stop one that nobody looks after (its starter was killed), and see it go."""
        deadline = time.monotonic() + _STOP_LIMIT
        os.kill(self.pid, signal.SIGINT)
        while self._lingers():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"A PostgreSQL left behind in {self.cluster} (process {self.pid}) did not "
                    f"stop within {_STOP_LIMIT:.0f} s: end that process and start again."
                )
            time.sleep(0.01)

    def _visit(self) -> None:
        if sys.platform == "win32" or self.sockets is None:
            socket.create_connection(("127.0.0.1", self.port), _PATIENCE).close()
            return
        with socket.socket(socket.AF_UNIX) as visitor:
            visitor.settimeout(_PATIENCE)
            visitor.connect(str(self.sockets / f".s.PGSQL.{self.port}"))

    def _lingers(self) -> bool:
        if sys.platform == "linux":
            return self.lives()
        return Postmaster.recorded_in(self.cluster) is not None  # it takes the file with it
