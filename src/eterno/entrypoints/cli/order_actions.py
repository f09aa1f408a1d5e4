"""`eterno orders ship`, `refund`, `cancel`, `note`: what an admin does about an order."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from typing import Any

from eterno.application.orders.ship_order import Shipment
from eterno.domain.audit import Actor
from eterno.domain.money import Money
from eterno.domain.refunds import RefundWish
from eterno.entrypoints.cli.output import CommandFailed, say
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.container import Shop
from eterno.entrypoints.settings import Settings


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
    how_much = refund.add_mutually_exclusive_group(required=True)
    how_much.add_argument("--amount", type=_amount, help="so much, such as 8.99")
    how_much.add_argument("--full", action="store_true", help="all that is left")
    refund.add_argument("--restock", action="store_true", help="its pieces are on the shelf again")
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
        sent = shop.ship_order()(_actor(shop, options.admin, "ship"), order.id, shipment)
    say(f"Order {sent.number}: {sent.state}; the buyer will be told")


def refund_order(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        wish = RefundWish(
            amount=Money.price(options.amount, order.currency, "amount")
            if options.amount is not None
            else None,
            restock=options.restock,
            reason=options.reason,
        )
        actor = _actor(shop, options.admin, "refund")
        refund = shop.refund_order()(actor, order.id, wish, key=options.key)
    say(f"Refund of {refund.amount}: {refund.state}")


def cancel_order(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        actor = _actor(shop, options.admin, "cancel")
        cancelled = shop.cancel_order()(actor, order.id, options.reason)
    say(f"Order {cancelled.number or cancelled.token}: {cancelled.state}")


def add_note(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        shop.add_note()(_actor(shop, options.admin, "note"), order.id, options.text)
    say("noted")


def _actor(shop: Shop, username: str, deed: str) -> Actor:
    """Who is doing it. Raises `CommandFailed` unless she may look after the shop."""
    with shop.store().begin() as work:
        admin = work.admins.find(username)
    if admin is None or not admin.active:
        raise CommandFailed(f"no admin {username}")
    return Actor(admin_id=admin.id, username=admin.username, request_id=f"eterno orders {deed}")


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise argparse.ArgumentTypeError("an amount such as 8.99") from None
