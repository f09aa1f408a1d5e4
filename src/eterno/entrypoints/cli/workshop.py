"""`eterno make-list`."""

from __future__ import annotations

import argparse
from typing import Any

from eterno.application.ports.workshop import MOST_OPEN
from eterno.domain.make_list import Wanted, make_list
from eterno.entrypoints.cli.output import say, say_json, say_table
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    listing = commands.add_parser(
        "make-list",
        parents=[shop],
        help="what to make, and by when",
        description="Pieces that are sold and have not left the house, by the day they are promised"
        " for.",
    )
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(command=show_make_list)


def show_make_list(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        orders = shop.workshop().open_orders(most=MOST_OPEN)
    wanted = make_list(orders, settings.zone)
    if options.json:
        say_json([_facts(one) for one in wanted])
        return
    if not wanted:
        say("nothing: everything that was sold has left the house")
        return
    say_table(
        ("DUE", "PIECES", "ARTICLE", "SOAP", "ORDERS"),
        (
            (
                one.due or "-",
                one.pieces,
                one.sku,
                f"{one.product_name}, {one.variant_label}",
                ", ".join(f"{number} x {pieces}" for number, pieces in one.orders.items()),
            )
            for one in wanted
        ),
    )


def _facts(wanted: Wanted) -> dict[str, object]:
    return {
        "due": wanted.due,
        "variant_id": wanted.variant_id,
        "sku": wanted.sku,
        "product": wanted.product_name,
        "variant": wanted.variant_label,
        "pieces": wanted.pieces,
        "orders": [{"number": number, "pieces": n} for number, n in wanted.orders.items()],
    }
