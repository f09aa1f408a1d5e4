"""`eterno admin`."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from typing import Any

from eterno.entrypoints.cli.output import CommandFailed, say
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    admin = commands.add_parser("admin", help="who may look after the shop").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    create = admin.add_parser(
        "create",
        parents=[shop],
        help="a new admin",
        description="Let somebody look after the shop. The password is asked for, never taken from "
        "the command line, where others could read it.",
    )
    create.add_argument("name", help="2 to 40 letters, digits, dots, dashes or underscores")
    source = create.add_mutually_exclusive_group()
    source.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    source.add_argument(
        "--generate", action="store_true", help="make a password and print it, once"
    )
    create.set_defaults(command=create_admin)


def create_admin(settings: Settings, options: argparse.Namespace) -> None:
    generated = secrets.token_urlsafe(15) if options.generate else None
    password = generated or (_from_stdin() if options.password_stdin else _from_prompt())
    with opened(settings) as shop:
        admin = shop.create_admin()(options.name, password)
    say(f"{admin.username} may look after the shop now")
    if generated:
        say(f"password: {generated}   (shown only now)")


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _from_prompt() -> str:
    if not sys.stdin.isatty():
        raise CommandFailed("no terminal to ask for a password: use --password-stdin or --generate")
    password = getpass.getpass("Password (12 to 128 characters): ")
    if getpass.getpass("Once more: ") != password:
        raise CommandFailed("the two differ")
    return password
