"""`eterno orders ship`, `refund`, `cancel`, `note`: what an admin does about an order."""

from __future__ import annotations

import argparse
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from eterno.application.orders.ship_order import Shipment
from eterno.domain.money import Money
from eterno.domain.refunds import RefundWish
from eterno.entrypoints.cli.actors import actor_of
from eterno.entrypoints.cli.output import CommandFailed, say
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings

_PIECES = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,5})")


def add_to(orders: Any, shop: argparse.ArgumentParser) -> None:
    """The commands, beneath `eterno orders`."""
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("order", help="its number, public token or id")
    one.add_argument(
        "--as", dest="admin", required=True, metavar="ADMIN", help="who is doing it: an admin"
    )
    ship = orders.add_parser("ship", parents=[shop, one], help="all that is left has been posted")
    ship.add_argument("--carrier", required=True, help="who carries it, such as USPS")
    ship.add_argument("--tracking", help="the number by which it can be followed")
    ship.add_argument("--link", help="where it can be followed")
    ship.set_defaults(command=ship_order)
    refund = orders.add_parser("refund", parents=[shop, one], help="give money back")
    how_much = refund.add_mutually_exclusive_group()
    how_much.add_argument("--amount", type=_amount, help="so much, such as 8.99")
    how_much.add_argument("--full", action="store_true", help="all that is left")
    refund.add_argument(
        "--line",
        type=_pieces,
        action="append",
        default=[],
        metavar="VARIANT:PIECES",
        help="what pieces cost, or, with --amount, what it is for; may be repeated",
    )
    refund.add_argument(
        "--restock",
        action="store_true",
        help="its pieces are on the shelf again (with --full or --line)",
    )
    refund.add_argument("--reason", default="", help="for the shop only")
    refund.add_argument("--key", help="the same key is the same refund, however often")
    refund.set_defaults(command=refund_order)
    cancel = orders.add_parser(
        "cancel", parents=[shop, one], help="call it off; what was paid goes back"
    )
    cancel.add_argument("--reason", default="", help="for the shop only")
    cancel.set_defaults(command=cancel_order)
    note = orders.add_parser("note", parents=[shop, one], help="write something down about it")
    note.add_argument("text", help="for the shop only")
    note.set_defaults(command=add_note)


def ship_order(settings: Settings, options: argparse.Namespace) -> None:
    shipment = Shipment(carrier=options.carrier, tracking=options.tracking, link=options.link)
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        sent = shop.ship_order()(
            actor_of(shop, options.admin, "eterno orders ship"), order.id, shipment
        )
    say(f"Order {sent.number}: {sent.state}; the buyer will be told")


def refund_order(settings: Settings, options: argparse.Namespace) -> None:
    pieces = dict(options.line)
    if options.full == (options.amount is not None or bool(pieces)):
        raise CommandFailed("say what to give back: --full, or --amount, --line or both")
    if len(pieces) != len(options.line):
        raise CommandFailed("say each variant once")
    if options.restock and not (options.full or pieces):
        raise CommandFailed("which pieces are on the shelf again? say so with --line")
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        wish = RefundWish(
            amount=Money.price(options.amount, order.currency, "amount")
            if options.amount is not None
            else None,
            pieces=pieces,
            restock=options.restock,
            reason=options.reason,
        )
        actor = actor_of(shop, options.admin, "eterno orders refund")
        refund = shop.refund_order()(actor, order.id, wish, key=options.key)
    say(f"Refund of {refund.amount}: {refund.state}")


def cancel_order(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        actor = actor_of(shop, options.admin, "eterno orders cancel")
        cancelled = shop.cancel_order()(actor, order.id, options.reason)
    say(f"Order {cancelled.number or cancelled.token}: {cancelled.state}")


def add_note(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        shop.add_note()(actor_of(shop, options.admin, "eterno orders note"), order.id, options.text)
    say("noted")


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError("an amount such as 8.99") from None


def _pieces(text: str) -> tuple[int, int]:
    """The variant, and how many of it."""
    found = _PIECES.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("a variant and how many of it, such as 12:2")
    return int(found[1]), int(found[2])
