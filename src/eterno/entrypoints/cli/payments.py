"""`eterno reconcile`: catching up with the payment service."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from eterno.application.checkout.hear import Outcome
from eterno.entrypoints.cli.output import say
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings

LONGEST = timedelta(days=30)
"""Stripe forgets its events after that."""
_TIME = re.compile(r"([1-9][0-9]{0,3})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "reconcile",
        parents=[shop],
        help="catch up on notices of payments that did not reach the shop",
        description="Hear the notices that the payment service could not deliver, and ask how the "
        "payments of open orders and the refunds that are not decided stand. Twice is harmless; "
        "the worker does it every hour.",
    )
    command.add_argument(
        "--since",
        type=time_of,
        default=timedelta(hours=48),
        metavar="TIME",
        help="how far back: 90m, 48h or 7d, at most 30d (default: 48h)",
    )
    command.set_defaults(command=reconcile)


def time_of(text: str) -> timedelta:
    """Raises `argparse.ArgumentTypeError`."""
    found = _TIME.fullmatch(text)
    time = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
    if time is None or time > LONGEST:
        raise argparse.ArgumentTypeError("a time such as 90m, 48h or 7d, at most 30d")
    return time


def reconcile(settings: Settings, options: argparse.Namespace) -> int:
    """The exit code is 1 while something could not be decided."""
    with opened(settings) as shop:
        found = shop.reconcile()(options.since)
    say(f"missed notices: {_counted(found.notices)}")
    say(f"open orders: {_counted(found.orders)}")
    say(f"refunds: {_counted(found.refunds)}")
    if found.silent:
        say(f"undecided: {found.silent}; please run this again")
    return 1 if found.silent else 0


def _counted(outcomes: Mapping[Outcome, int]) -> str:
    parts = (f"{times} {outcome.replace('_', ' ')}" for outcome, times in sorted(outcomes.items()))
    return ", ".join(parts) or "none"
