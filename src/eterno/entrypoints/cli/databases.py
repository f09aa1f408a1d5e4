"""`eterno migrate` and `seed`."""

from __future__ import annotations

import argparse
from typing import Any

from eterno.adapters.postgres import migrate
from eterno.entrypoints.cli.output import say
from eterno.entrypoints.cli.shops import database_of, opened
from eterno.entrypoints.demo.assortment import demo_assortment
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    migrate_ = commands.add_parser(
        "migrate",
        parents=[shop],
        help="bring the database up to date",
        description="Run the migrations that the database has not seen. Twice is harmless.",
    )
    migrate_.set_defaults(command=bring_up_to_date)
    seed = commands.add_parser(
        "seed",
        parents=[shop],
        help="put demo goods on empty shelves",
        description="Fill an empty shop with demo goods. A shop that has goods is left alone.",
    )
    seed.set_defaults(command=fill)


def bring_up_to_date(settings: Settings, _: argparse.Namespace) -> None:
    with database_of(settings) as uri:
        before = migrate.current(uri)
        migrate.upgrade(uri)
        after = migrate.current(uri)
    say(f"already at revision {after}" if before == after else f"now at revision {after}")


def fill(settings: Settings, _: argparse.Namespace) -> None:
    with opened(settings) as shop:
        filled = shop.open_shop()(demo_assortment(settings.currency))
    say("demo goods are on the shelves" if filled else "the shop has goods already: left alone")
