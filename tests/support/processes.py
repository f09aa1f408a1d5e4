"""Real processes of the shop, on a real database, watched and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

PATIENCE = 60.0
"""Seconds to wait for a process to answer or to end."""


class Server:
    """A process that serves the shop, and its address."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.log = log

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                httpx.get(f"{self.url}/health/ready", timeout=1).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not get ready:\n{self.log.read_text()}")

    def wait_until_dead(self) -> None:
        self.process.wait(PATIENCE)

    def kill(self) -> None:
        """`kill -9`."""
        self.process.kill()
        self.wait_until_dead()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(
    uri: str,
    folder: Path,
    *words: str,
    module: str = "eterno.entrypoints.cli",
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """`eterno serve` in a process of its own; it is killed in the end, whatever happens."""
    port = port or free_port()
    log = folder / f"server-{port}.log"
    command = ["-m", module, *(words or ("serve",)), "--port", str(port)]
    with python(command, uri, folder, log, environment) as process:
        yield Server(process, port, log)


@contextmanager
def python(
    command: Sequence[str],
    uri: str,
    folder: Path,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of this shop, which says what it says in `log`; it is killed in the end."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, *command],
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "SQLALCHEMY_DATABASE_URI": uri,
                "ETERNO_DATA_DIR": str(folder),
                "CHECKOUT_LIMITS": "off",
                **(environment or {}),
            },
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
