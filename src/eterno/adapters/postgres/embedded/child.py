"""The postmaster as our child: started, watched until it is ready, stopped, put away after."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from eterno.adapters.postgres.embedded.account import Account
from eterno.adapters.postgres.embedded.annex import Annex
from eterno.adapters.postgres.embedded.cluster import make_cluster
from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError
from eterno.adapters.postgres.embedded.log import Log
from eterno.adapters.postgres.embedded.postmaster import Postmaster
from eterno.adapters.postgres.embedded.programs import Programs, environment

START_LIMIT = 60.0  # seconds; recovery after a crash is part of a start
_STOP_LIMIT = 30.0
_SOCKET_LIMIT = 107  # bytes of a path
_PORT = "5432"  # of a private socket it is only a part of the file's name
_PR_SET_PDEATHSIG = 1

_SMALL_SHOP = {
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",  # compiling would cost more than our statements do
    "log_min_messages": "log",  # no line per refused statement: whoever sent it is told
    "log_checkpoints": "off",
}
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


class Child:
    """A postmaster that this process started in `folder`, whose lock this process must hold.

    Ready when the constructor returns; when that raises, nothing is left running.
    """

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder = folder
        self._cluster = folder / "cluster"
        self._annex = Annex(folder)
        stale = self._left_behind()
        self._annex.clear()
        try:
            account = Account.for_cluster(self._cluster)
            self._programs = Programs.for_account(account, self._annex)
            make_cluster(folder, self._programs, durable=durable)
            settings = _SMALL_SHOP | ({} if durable else _FORGETFUL) | self._address()
            log = Log(folder)
            with log.open() as file:
                self._process = self._spawn(settings, file, stale)
            try:
                self.postmaster = self._ready(log)
            except BaseException:
                self._end()
                raise
        except BaseException:
            self._annex.clear()
            raise

    def stop(self) -> None:
        """Stop it: clients are cut off, nothing committed is lost."""
        try:
            self._end()
        finally:
            self._annex.clear()

    def _left_behind(self) -> Postmaster | None:
        """The trace of an earlier one. If it still lives, its starter does not: stop it."""
        earlier = Postmaster.recorded_in(self._cluster)
        if earlier is not None and earlier.lives():
            earlier.stop()
            return None
        return earlier

    def _address(self) -> dict[str, str]:
        if sys.platform == "win32":
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                return {"listen_addresses": "127.0.0.1", "port": str(free.getsockname()[1])}
        sockets = "."  # the cluster itself, which is private; named from inside, so always short
        path = os.fsencode(self._cluster / f".s.PGSQL.{_PORT}")
        if len(path) > _SOCKET_LIMIT or b"," in path:  # clients have to say all of it, and take
            room = self._annex.room("socket")  # a comma for the start of another path
            self._programs.account.own(room)
            sockets = str(room)
        return {"listen_addresses": "", "port": _PORT, "unix_socket_directories": sockets}

    def _spawn(
        self, settings: dict[str, str], log: IO[bytes], stale: Postmaster | None
    ) -> subprocess.Popen[bytes]:
        account = self._programs.account
        variables = environment()
        if stale is not None and sys.platform == "linux":
            # That number belongs to another process by now (in a container the same few come
            # round at every start). PostgreSQL ignores what it takes for its grandparent.
            variables["PG_GRANDPARENT_PID"] = str(stale.pid)
        return subprocess.Popen(
            [
                self._programs.path("postgres"),
                *("-D", account.path_inside(self._cluster)),
                *(f"--{name}={value}" for name, value in settings.items()),
            ],
            cwd=self._cluster,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
            start_new_session=True,  # out of reach of the terminal's Ctrl-C
            preexec_fn=_end_with_us(),  # noqa: PLW1509 (a single system call, looked up before)
        )

    def _ready(self, log: Log) -> Postmaster:
        deadline = time.monotonic() + START_LIMIT
        while True:
            postmaster = Postmaster.recorded_in(self._cluster)
            if postmaster and postmaster.pid == self._process.pid and postmaster.answers():
                return postmaster
            if self._process.poll() is not None:
                raise self._failure(f"ended while starting ({self._process.returncode})", log)
            if time.monotonic() > deadline:
                raise self._failure(f"was not ready after {START_LIMIT:.0f} s", log)
            time.sleep(0.005)

    def _failure(self, what: str, log: Log) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"PostgreSQL in {self._folder} {what}. Its last words, from {log.path}:\n{log.tail()}"
        )

    def _end(self) -> None:
        if sys.platform == "win32":
            self._programs.run("pg_ctl", "stop", "-D", str(self._cluster), folder=self._cluster)
            return
        # Fast; immediate, with recovery at the next start; without being asked.
        for way in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self._process.send_signal(way)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_LIMIT)
                return


def _end_with_us() -> Callable[[], None] | None:
    """Linux: have the child sent SIGINT when the thread that starts it ends, however it ends."""
    if sys.platform != "linux":
        return None
    us = os.getpid()
    prctl = ctypes.CDLL(None).prctl  # looked up now: after the fork as little as possible

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != us:  # we ended before it was armed
            os._exit(1)

    return arm
