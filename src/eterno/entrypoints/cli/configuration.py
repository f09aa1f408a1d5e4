"""`eterno config`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from typing import Any

from eterno.entrypoints.cli.output import say, say_table
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.cli.trials import tried
from eterno.entrypoints.dotenv import with_file
from eterno.entrypoints.outside import choices
from eterno.entrypoints.safety import refuse_unsafe
from eterno.entrypoints.settings import Settings, variables


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    config = commands.add_parser("config", help="how the shop is set up").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    check = config.add_parser(
        "check",
        parents=[shop],
        help="is everything set up, and does it answer",
        description="Check every setting, say which adapter each port got, and try the database "
        "and the services, without changing anything there. Values are never printed. In "
        "production, anything unsafe is named.",
    )
    check.set_defaults(command=check_configuration)


def check_configuration(settings: Settings, _: argparse.Namespace) -> int:
    """The exit code is 1 when a service does not answer."""
    found = with_file(os.environ)
    say_table(
        ("SETTING", "SET", "WHAT FOR"),
        (
            (name, _origin(name, found), description)
            for name, (description, _default) in variables().items()
        ),
    )
    say()
    refuse_unsafe(settings)
    with opened(settings) as shop:
        where = "SQLALCHEMY_DATABASE_URI" if settings.database_uri else "the data folder"
        say_table(
            ("PORT", "ADAPTER", "WHY"),
            (
                ("store", "postgres", f"answers; from {where}"),
                *((choice.port, choice.adapter, choice.why) for choice in choices(settings)),
            ),
        )
        outside = shop.outside()
        findings = tried(outside, settings) if outside else ()
    for finding in findings:
        say(f"{finding.port}: {finding.says}")
    return 0 if all(finding.is_well for finding in findings) else 1


def _origin(name: str, found: Mapping[str, str]) -> str:
    """Where a setting's value is from."""
    if not found.get(name):
        return "-"
    return "yes" if name in os.environ else "file"
