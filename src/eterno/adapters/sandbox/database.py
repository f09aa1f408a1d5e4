"""What the sandbox's services remember. Stands in for their own databases; not for production."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from eterno.domain.errors import Unavailable

PATIENCE = 5.0
"""Seconds to wait for another process that is writing."""
_FIRST = """
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    attempt TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('open', 'complete', 'expired')),
    expires_at INTEGER NOT NULL,
    funds TEXT CHECK (funds IN ('awaited', 'arrived', 'failed')),
    promised_at REAL,
    promised_end TEXT CHECK (promised_end IN ('arrived', 'failed')),
    body TEXT NOT NULL,
    lines TEXT NOT NULL,
    offers TEXT NOT NULL,
    CHECK ((status = 'complete') = (funds IS NOT NULL)),
    CHECK ((promised_at IS NULL) = (promised_end IS NULL)),
    CHECK (promised_at IS NULL OR funds = 'awaited')
);
CREATE INDEX session_open ON session (expires_at) WHERE status = 'open';
CREATE INDEX session_promised ON session (promised_at) WHERE promised_at IS NOT NULL;
CREATE TABLE event (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    created_at REAL NOT NULL,
    due_at REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT 'queued' CHECK (outcome IN ('queued', 'delivered', 'given up')),
    CHECK ((outcome = 'queued') = (due_at IS NOT NULL))
);
CREATE INDEX event_due ON event (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE letter (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    at REAL NOT NULL,
    sender TEXT NOT NULL,
    addressee TEXT NOT NULL,
    reply_to TEXT,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL
);
"""
_REFUNDS = """
CREATE TABLE refund (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    intent TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    body TEXT NOT NULL
);
CREATE INDEX refund_intent ON refund (intent);
"""
STEPS = (_FIRST, _REFUNDS)
"""What each version of the file adds to the one before."""
_VERSION = len(STEPS)


class SandboxUnavailable(Unavailable):
    """The sandbox's file cannot be read or written now."""

    code = "sandbox_unavailable"

    def __init__(self) -> None:
        super().__init__("The sandbox does not answer; please try again in a moment")


class SandboxDatabase:
    """One SQLite file, for any number of processes and threads at once.

    It is made on first use, and again should somebody delete it. Every use opens a connection of
    its own: nothing is shared, nothing needs closing. What was written survives a killed process,
    not a power cut: play money is not worth waiting for the disk. Both uses raise
    `SandboxUnavailable`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A look that waits for nobody. Several statements may see several states."""
        with _translated(), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction, alone: committed on leaving, undone when anything is raised."""
        with _translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        try:
            connection = self._open()
        except sqlite3.OperationalError:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = self._open()
        try:
            if _version(connection) < _VERSION:
                _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=PATIENCE, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = OFF")
        return connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, OSError) as error:
        raise SandboxUnavailable from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _prepare(connection: sqlite3.Connection) -> None:
    _write_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    for step in STEPS[_version(connection) :]:  # another process may have been quicker
        for statement in step.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work side by side. For this switch SQLite itself does not wait."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
