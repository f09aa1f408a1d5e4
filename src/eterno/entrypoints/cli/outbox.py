"""`eterno outbox`: letters that wait, and letters that died."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

from eterno.entrypoints.cli.output import CommandFailed, say, say_json, say_table
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    outbox = commands.add_parser("outbox", help="what is to be sent").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    listing = outbox.add_parser("list", parents=[shop], help="the newest tasks and their fate")
    listing.add_argument("--state", choices=["due", "leased", "done", "dead"])
    listing.add_argument("--most", type=int, default=50, help="how many at most (default: 50)")
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(command=list_tasks)
    retry = outbox.add_parser(
        "retry",
        parents=[shop],
        help="try a dead task again",
        description="Make a dead task due again, with its attempts forgotten.",
    )
    retry.add_argument("task", type=UUID, help="its id, as `eterno outbox list` shows it")
    retry.set_defaults(command=retry_task)


def list_tasks(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        tasks = shop.outbox_desk().tasks(state=options.state, most=options.most)
    if options.json:
        say_json(tasks)
        return
    say_table(
        ("ID", "WHAT", "STATE", "ATTEMPTS", "SINCE", "ERROR"),
        (
            (
                task.id,
                task.reaction,
                task.state,
                task.attempts,
                f"{task.created_at:%Y-%m-%d %H:%M}",
                task.error or "",
            )
            for task in tasks
        ),
    )


def retry_task(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop, shop.store().begin() as work:
        if not work.outbox.revive(options.task, work.now):
            raise CommandFailed(f"no dead task {options.task}")
    say("due again")
