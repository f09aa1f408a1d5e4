"""`eterno run`, `serve` and `worker`."""

from __future__ import annotations

import argparse
import secrets
from typing import Any

from eterno.adapters.postgres import migrate
from eterno.entrypoints.cli.output import CommandFailed, say
from eterno.entrypoints.cli.shops import database_of, wait_until_served
from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.crew import serve_together, told_to_stop
from eterno.entrypoints.demo.assortment import demo_assortment
from eterno.entrypoints.folder_lock import FolderInUse, FolderLock
from eterno.entrypoints.http.server import serve_http
from eterno.entrypoints.logs import log_as_json
from eterno.entrypoints.safety import refuse_unsafe
from eterno.entrypoints.settings import Settings
from eterno.entrypoints.worker import Worker, jobs_of

MOST_PROCESSES = 64


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    run = commands.add_parser(
        "run",
        parents=[shop],
        help="everything at once: database, demo goods, first admin, server, worker",
        description="Start a whole shop in one process. The first time it sets up the database, "
        "fills it with demo goods and makes an admin, whose password it prints once.",
    )
    serve = commands.add_parser(
        "serve",
        parents=[shop],
        help="answer HTTP requests",
        description="Answer HTTP requests on a database that is up to date. Several may serve the "
        "same database; one `eterno worker` (or --with-worker) does what nobody asks for.",
    )
    for command in (run, serve):
        command.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
        command.add_argument("--port", type=int, help="port to listen on (default: 8000)")
    serve.add_argument("--with-worker", action="store_true", help="also do the worker's part")
    serve.add_argument(
        "--workers",
        type=int,
        choices=range(1, MOST_PROCESSES + 1),
        default=1,
        metavar="N",
        help=f"processes that answer requests, 1 to {MOST_PROCESSES} (default: 1)",
    )
    run.set_defaults(command=run_shop)
    serve.set_defaults(command=serve_shop)
    worker = commands.add_parser(
        "worker",
        parents=[shop],
        help="send letters and release overdue orders",
        description="Send what is in the outbox, and release orders that nobody paid for.",
    )
    worker.set_defaults(command=work)


def run_shop(settings: Settings, _: argparse.Namespace) -> None:
    """A whole shop in one process, from nothing if need be."""
    refuse_unsafe(settings)
    log_as_json()
    try:
        with FolderLock(settings.data_dir), database_of(settings) as uri:
            migrate.upgrade(uri)
            with live(settings, uri) as shop:
                _make_presentable(shop)
                _serve_with_worker(shop, settings)
    except FolderInUse as error:
        raise CommandFailed(str(error)) from error


def serve_shop(settings: Settings, options: argparse.Namespace) -> None:
    """HTTP only, unless asked for more."""
    refuse_unsafe(settings)
    log_as_json()
    with database_of(settings) as uri:
        wait_until_served(uri)
        if options.workers > 1:
            _serve_together(settings, uri, options)
            return
        with live(settings, uri) as shop:
            if options.with_worker:
                _serve_with_worker(shop, settings)
            else:
                serve_http(shop)


def work(settings: Settings, _: argparse.Namespace) -> None:
    """Until told to stop."""
    refuse_unsafe(settings)
    log_as_json()
    with database_of(settings) as uri:
        wait_until_served(uri)
        with live(settings, uri) as shop, told_to_stop() as stop:
            worker = Worker(jobs_of(shop))
            worker.start()
            say("eterno: the worker is at work; Ctrl-C stops it")
            stop.wait()
            worker.stop()


def _serve_with_worker(shop: Shop, settings: Settings) -> None:
    worker = Worker(jobs_of(shop))

    def announce() -> None:
        worker.start()
        say(f"\nEterno is open: {settings.base_url}    (Ctrl-C closes it)\n")

    try:
        serve_http(shop, when_ready=announce, when_leaving=worker.retire)
    finally:
        worker.stop()


def _serve_together(settings: Settings, uri: str, options: argparse.Namespace) -> None:
    """The worker's part is done by the process that looks after the others."""
    if not options.with_worker:
        serve_together(settings, uri, processes=options.workers)
        return
    with live(settings, uri) as shop:
        worker = Worker(jobs_of(shop))
        worker.start()
        try:
            serve_together(settings, uri, processes=options.workers, when_leaving=worker.retire)
        finally:
            worker.stop()


def _make_presentable(shop: Shop) -> None:
    """Demo goods and a first admin, where there are none."""
    open_shop = shop.open_shop()
    if open_shop.is_empty() and open_shop(demo_assortment(shop.settings().currency)):
        say("The shelves were empty: demo goods are on them now.")
    with shop.store().begin() as work:
        nobody = work.admins.count() == 0
    if nobody:
        password = secrets.token_urlsafe(15)
        shop.create_admin()("admin", password)
        say(f"First admin: admin   password: {password}   (shown only now)")
