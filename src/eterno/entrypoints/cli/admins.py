"""`eterno admin`."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from typing import Any

from eterno.entrypoints.cli.output import CommandFailed, say, say_json, say_table
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
    _add_sources(create)
    create.set_defaults(command=create_admin)
    listing = admin.add_parser("list", parents=[shop], help="everybody, also who was disabled")
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(command=list_admins)
    disable = admin.add_parser(
        "disable",
        parents=[shop],
        help="let an admin look after the shop no longer",
        description="Her tokens die at once; her name stays hers. The last admin cannot be "
        "removed.",
    )
    disable.add_argument("name")
    disable.set_defaults(command=disable_admin)
    enable = admin.add_parser(
        "enable",
        parents=[shop],
        help="let her look after it again",
        description="The opposite of disable. Her password is the one that she had.",
    )
    enable.add_argument("name")
    enable.set_defaults(command=enable_admin)
    password = admin.add_parser(
        "password",
        parents=[shop],
        help="another password for an admin who forgot hers",
        description="Replace an admin's password without asking for the old one. Whoever is signed "
        "in with it is signed out.",
    )
    password.add_argument("name")
    _add_sources(password)
    password.set_defaults(command=reset_password)


def create_admin(settings: Settings, options: argparse.Namespace) -> None:
    password = _chosen(options)
    with opened(settings) as shop:
        admin = shop.create_admin()(options.name, password)
    say(f"{admin.username} may look after the shop now")
    _show_once(password, options)


def list_admins(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop, shop.store().begin() as work:
        admins = work.admins.all()
    if options.json:
        say_json(
            [
                {"id": admin.id, "username": admin.username, "active": admin.active}
                for admin in admins
            ]
        )
        return
    say_table(
        ("ID", "NAME", "STATE"),
        ((admin.id, admin.username, "active" if admin.active else "disabled") for admin in admins),
    )


def disable_admin(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        shop.disable_admin()(None, options.name)
    say(f"{options.name} may look after the shop no longer")


def enable_admin(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        admin = shop.enable_admin()(options.name)
    say(f"{admin.username} may look after the shop again")


def reset_password(settings: Settings, options: argparse.Namespace) -> None:
    password = _chosen(options)
    with opened(settings) as shop:
        admin = shop.reset_password()(options.name, password)
    say(f"{admin.username} has another password now")
    _show_once(password, options)


def _add_sources(command: argparse.ArgumentParser) -> None:
    """Where the password comes from: never from the command line, which others can read."""
    source = command.add_mutually_exclusive_group()
    source.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )
    source.add_argument(
        "--generate", action="store_true", help="make a password and print it, once"
    )


def _chosen(options: argparse.Namespace) -> str:
    if options.generate:
        return secrets.token_urlsafe(15)
    return _from_stdin() if options.password_stdin else _from_prompt()


def _show_once(password: str, options: argparse.Namespace) -> None:
    if options.generate:
        say(f"password: {password}   (shown only now)")


def _from_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _from_prompt() -> str:
    if not sys.stdin.isatty():
        raise CommandFailed("no terminal to ask for a password: use --password-stdin or --generate")
    password = getpass.getpass("Password (12 to 128 characters): ")
    if getpass.getpass("Once more: ") != password:
        raise CommandFailed("the two differ")
    return password
