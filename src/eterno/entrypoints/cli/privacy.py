"""`eterno privacy` and `eterno retention`: what is known of people, and forgetting it."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from eterno.domain.contact import check_email
from eterno.domain.privacy import folded
from eterno.entrypoints.cli.actors import actor_of
from eterno.entrypoints.cli.output import CommandFailed, say, say_json
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings
from eterno.entrypoints.worker import forget_what_is_old


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    privacy = commands.add_parser("privacy", help="what is known of a buyer").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("email", help="her e-mail address, in whatever case")
    one.add_argument(
        "--as", dest="admin", required=True, metavar="ADMIN", help="who is doing it: an admin"
    )
    export = privacy.add_parser(
        "export", parents=[shop, one], help="all that is kept about her, as JSON"
    )
    export.set_defaults(command=export_buyer)
    erase = privacy.add_parser(
        "erase",
        parents=[shop, one],
        help="forget her; goods and money stay",
        description="Take a buyer's name, addresses and phone out of everything. Refused while one "
        "of her orders is open or a refund is on its way. Nothing brings it back.",
    )
    erase.add_argument("--yes", action="store_true", help="do not ask for the address once more")
    erase.set_defaults(command=erase_buyer)
    retention = commands.add_parser(
        "retention", help="forgetting what is old enough"
    ).add_subparsers(title="commands", required=True, metavar="COMMAND")
    run = retention.add_parser(
        "run", parents=[shop], help="forget all of it now; the worker does so by and by"
    )
    run.set_defaults(command=sweep)


def export_buyer(settings: Settings, options: argparse.Namespace) -> None:
    from eterno.entrypoints.http.privacy import file_out  # with all of HTTP, which others need not

    email = check_email(options.email, "email")
    with opened(settings) as shop:
        actor = actor_of(shop, options.admin, "eterno privacy export")
        say_json(file_out(shop.export_buyer()(actor, email)))


def erase_buyer(settings: Settings, options: argparse.Namespace) -> None:
    email = check_email(options.email, "email")
    if not options.yes:
        _ask_again(email)
    with opened(settings) as shop:
        actor = actor_of(shop, options.admin, "eterno privacy erase")
        erased = shop.erase_buyer()(actor, email)
    say(f"forgotten: {erased.orders} orders, {erased.messages} messages")


def sweep(settings: Settings, _: argparse.Namespace) -> None:
    with opened(settings) as shop:
        total = 0
        while found := forget_what_is_old(shop):
            total += found
    say(f"forgotten: {total} traces that were old enough")


def _ask_again(email: str) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("no terminal to ask for the address once more: use --yes")
    if folded(input("The address once more: ")) != folded(email):
        raise CommandFailed("the two differ; nothing was forgotten")
