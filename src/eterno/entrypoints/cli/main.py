"""The command `eterno`: reads the command line, and turns refusals into exit codes.

0: done. 1: the shop refused, and said why. 2: the command line or a setting is wrong.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from eterno.domain.errors import Refusal
from eterno.entrypoints.cli import (
    admins,
    bench,
    books,
    configuration,
    databases,
    media,
    orders,
    outbox,
    payments,
    privacy,
    report,
    serving,
    workshop,
)
from eterno.entrypoints.cli.output import CommandFailed, complain
from eterno.entrypoints.dotenv import with_file
from eterno.entrypoints.http.server import AddressTaken
from eterno.entrypoints.setting_texts import BadSettings
from eterno.entrypoints.settings import read_settings
from eterno.entrypoints.spans import NoTelemetry

COMMANDS = (
    serving,
    databases,
    admins,
    orders,
    workshop,
    report,
    outbox,
    payments,
    media,
    books,
    privacy,
    configuration,
    bench,
)
"""Each module adds its commands, in the order in which the help shows them."""

EPILOG = """\
Which shop: the one in --data-dir (default: data), or the one that SQLALCHEMY_DATABASE_URI names.
Commands may be used while the server runs. All settings are environment variables, or lines in a
file `.env` in the working folder: `eterno config check` lists them.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    try:
        settings = read_settings({**with_file(os.environ), **_chosen(options)})
        return int(options.command(settings, options) or 0)
    except BadSettings as error:
        return complain(str(error), code=2)
    except (Refusal, CommandFailed, AddressTaken, NoTelemetry) as error:
        return complain(str(error), code=1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `eterno orders list | head`
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123  # nothing to say it to any more
        return 0


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="eterno",
        description="Eterno: the backend of a small shop.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    shop = argparse.ArgumentParser(add_help=False)
    shop.add_argument(
        "--data-dir",
        metavar="FOLDER",
        help="the shop's own folder: embedded database and sandbox (default: data)",
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add_to(commands, shop)
    return top


def _leave(*_: object) -> None:
    """SIGTERM ends the process the orderly way, through every `finally`."""
    raise SystemExit(0)


def _chosen(options: argparse.Namespace) -> dict[str, str]:
    """Settings given on the command line, which go before the environment's."""
    given = {
        "ETERNO_DATA_DIR": options.data_dir,
        "PORT": getattr(options, "port", None),
        "HOST": getattr(options, "host", None),
    }
    return {name: str(value) for name, value in given.items() if value is not None}
