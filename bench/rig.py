"""What a measurement needs: a database, servers and floors, started for it and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own
import psycopg
from sqlalchemy.engine import make_url

from bench import client
from eterno.adapters.postgres.embedded import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 30.0
"""Seconds for a process to answer or to end."""
QUIET = {"CHECKOUT_LIMITS": "off"}


@dataclass(slots=True)
class Process:
    """A process of ours that answers HTTP."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    started_in: float = field(default=0.0)
    """Seconds from start to the first answer."""

    def wait_until_ready(self, path: str) -> None:
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE:
            if self.process.poll() is not None:
                break
            try:
                answer = client.ask(self.port, client.get(path))
            except (OSError, IndexError):
                time.sleep(0.005)
                continue
            if answer.status in (200, 304):
                self.started_in = time.monotonic() - began
                return
        raise RuntimeError(f"not ready:\n{self.log.read_text()}")

    @property
    def cpu(self) -> float:
        """Seconds of CPU used so far, its children's too."""
        times = [each.cpu_times() for each in self._family()]
        return float(sum(time.user + time.system for time in times))

    @property
    def memory(self) -> float:
        """Megabytes of its own (what is shared with others counts by its share)."""
        return float(sum(each.memory_full_info().pss for each in self._family())) / 1e6

    @contextmanager
    def still(self) -> Iterator[None]:
        """It does nothing meanwhile, so that what is measured beside it has the machine and the
        database for itself."""
        stopped = self._family()
        for each in stopped:
            each.suspend()
        try:
            yield
        finally:
            for each in stopped:
                each.resume()

    def stop(self) -> float:
        """SIGTERM; the seconds until it was gone."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began

    @property
    def hands(self) -> list[psutil.Process]:
        """Those of its processes that answer, if they are several (`--workers`)."""
        return [each for each in self._family() if "spawn_main" in " ".join(each.cmdline())]

    def _family(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [
            first,
            *(child for child in first.children(recursive=True) if "postgres" not in child.name()),
        ]


class Rig:
    """A shop's database of its own, with the demo goods in it; servers and floors on demand."""

    def __init__(self, folder: Path, postgres: EmbeddedPostgres) -> None:
        self.folder = folder
        self._postgres = postgres
        self._open = ExitStack()

    @property
    def uri(self) -> str:
        return self._postgres.uri

    @property
    def dsn(self) -> str:
        """The same for libpq."""
        return self.uri.replace("+psycopg", "")

    def another(self, name: str) -> str:
        """A second database like the first, which nobody may be using just then; its address."""
        ours = make_url(self.uri)
        elsewhere = ours.set(database="postgres").render_as_string(hide_password=False)
        self.ask_in(elsewhere, f'CREATE DATABASE "{name}" TEMPLATE "{ours.database}"')
        return ours.set(database=name).render_as_string(hide_password=False)

    def ask(
        self, question: str, arguments: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        return self.ask_in(self.uri, question, arguments)

    def ask_in(
        self, uri: str, question: str, arguments: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """The same in another database."""
        with psycopg.connect(uri.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(question.encode(), arguments or None)
            return cursor.fetchall() if cursor.description else []

    def eterno(self, *words: str, codes: Container[int] = (0,), **settings: str) -> str:
        """Run a command of the shop to its end; what it says. Other exit codes are errors."""
        said = subprocess.run(
            [sys.executable, "-m", "eterno.entrypoints.cli", *words],
            env=self._environment(settings),
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if said.returncode not in codes:
            raise RuntimeError(f"eterno {' '.join(words)}: {said.stderr or said.stdout}")
        return said.stdout

    def shop(self, *words: str, **settings: str) -> Process:
        """A server of the shop, ready; it lives as long as the rig."""
        return self._open.enter_context(self.serving(*words, **settings))

    @contextmanager
    def serving(
        self,
        *words: str,
        module: str = "bench.shop",
        path: str = "/health/ready",
        **settings: str,
    ) -> Iterator[Process]:
        """One that lives as long as this lasts, as soon as it answers at `path`."""
        port = free_port()
        command = [sys.executable, "-m", module, *(words or ("serve",)), "--port", str(port)]
        environment = self._environment(settings)
        with self.process(command, port, path, environment) as process:
            yield process

    def floor(self, answer: client.Answer) -> Process:
        """A bare ASGI application that hands this out; it lives as long as the rig."""
        port = free_port()
        file = self.folder / f"floor-{port}"
        file.write_bytes(answer.whole)
        command = [sys.executable, "-m", "bench.floor", str(port), str(file)]
        return self._open.enter_context(self.process(command, port, "/", os.environ))

    def close(self) -> None:
        self._open.close()

    @contextmanager
    def process(
        self,
        command: Sequence[str],
        port: int,
        path: str,
        environment: Mapping[str, str],
        *,
        folder: Path = ROOT,
    ) -> Iterator[Process]:
        """Any server, as soon as it answers at `path`."""
        log = self.folder / f"{port}.log"
        with log.open("wb") as out:
            started = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
        process = Process(started, port, log)
        try:
            process.wait_until_ready(path)
            yield process
        finally:
            if process.process.poll() is None:
                process.stop()

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        return {
            **os.environ,
            **QUIET,
            "SQLALCHEMY_DATABASE_URI": self.uri,
            "ETERNO_DATA_DIR": str(self.folder / "data"),
            **settings,
        }


@contextmanager
def rig() -> Iterator[Rig]:
    """With the shop's database migrated and the demo goods on its shelves."""
    folder = Path(tempfile.mkdtemp(prefix="eterno_bench_"))
    try:
        with EmbeddedPostgres.open(folder / "postgres") as postgres:
            made = Rig(folder, postgres)
            try:
                made.eterno("migrate")
                made.eterno("seed")
                yield made
            finally:
                made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
