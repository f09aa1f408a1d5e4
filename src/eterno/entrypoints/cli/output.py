"""Speaking in a terminal: tables for people, JSON for scripts, complaints on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import msgspec


class CommandFailed(Exception):
    """The command cannot do what it was asked; the message says why and what would help."""


def say(line: str = "") -> None:
    print(line, flush=True)


def say_json(value: object) -> None:
    """One JSON document, for scripts."""
    say(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def say_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as their widest cell."""
    table = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def complain(message: str, *, code: int) -> int:
    print(f"eterno: {message}", file=sys.stderr, flush=True)
    return code
