"""`eterno audit`: is everything true that must be true."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from eterno.application.ports.books import Verdict
from eterno.entrypoints.cli.output import say, say_json, say_table
from eterno.entrypoints.cli.payments import time_of
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings

SHOWN = 5
"""Keys of one verdict that the table shows; `--json` has more."""


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    audit = commands.add_parser(
        "audit",
        parents=[shop],
        help="does everything hold that must hold",
        description="Look at one moment of the shop, while it serves, and say for what the "
        "invariants do not hold. Nothing is changed. The exit code is 1 if there is anything.",
    )
    audit.add_argument(
        "--remote",
        action="store_true",
        help="compare with the payment service and the picture store as well",
    )
    audit.add_argument(
        "--since",
        type=time_of,
        default=timedelta(days=7),
        metavar="TIME",
        help="how far back payments are compared: 48h or 7d, at most 30d (default: 7d)",
    )
    audit.add_argument("--json", action="store_true", help="for scripts")
    audit.set_defaults(command=look)


def look(settings: Settings, options: argparse.Namespace) -> int:
    with opened(settings) as shop:
        verdicts = [*shop.books().audit()]
        if options.remote:
            verdicts += shop.compare_books()(options.since)
    if options.json:
        say_json(verdicts)
    else:
        _tell(verdicts)
    return 1 if any(verdict.keys for verdict in verdicts) else 0


def _tell(verdicts: Sequence[Verdict]) -> None:
    say_table(
        ("", "WHAT MUST HOLD", "AND DOES NOT FOR"),
        (
            (verdict.id, verdict.sentence, _named(verdict.keys) if verdict.keys else "ok")
            for verdict in verdicts
        ),
    )
    broken = sum(bool(verdict.keys) for verdict in verdicts)
    say(f"{broken} of {len(verdicts)} do not hold" if broken else "all of them hold")


def _named(keys: Sequence[str]) -> str:
    more = ", …" if len(keys) > SHOWN else ""
    return ", ".join(keys[:SHOWN]) + more
