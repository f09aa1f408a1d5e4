"""`eterno config`."""

from __future__ import annotations

import argparse
import os
from typing import Any

from eterno.entrypoints.cli.output import say, say_table
from eterno.entrypoints.cli.shops import opened
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
        description="Check every setting, say which adapter each port got, and try the database. "
        "Values are never printed. In production, anything unsafe is named.",
    )
    check.set_defaults(command=check_configuration)


def check_configuration(settings: Settings, _: argparse.Namespace) -> None:
    say_table(
        ("SETTING", "SET", "WHAT FOR"),
        (
            (name, "yes" if os.environ.get(name) else "-", description)
            for name, (description, _default) in variables().items()
        ),
    )
    say()
    refuse_unsafe(settings)
    with opened(settings):
        where = "SQLALCHEMY_DATABASE_URI" if settings.database_uri else "the data folder"
        say_table(
            ("PORT", "ADAPTER", "WHY"),
            (
                ("store", "postgres", f"answers; from {where}"),
                *((choice.port, choice.adapter, choice.why) for choice in choices(settings)),
            ),
        )
