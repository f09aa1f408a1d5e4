"""`eterno orders`."""

from __future__ import annotations

import argparse
from typing import Any

from eterno.domain.orders import Order, OrderState
from eterno.entrypoints.cli import order_actions
from eterno.entrypoints.cli.output import say, say_json, say_table
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    orders = commands.add_parser("orders", help="what was ordered").add_subparsers(
        title="commands", required=True, metavar="COMMAND"
    )
    listing = orders.add_parser("list", parents=[shop], help="the newest orders")
    listing.add_argument("--state", choices=[state.value for state in OrderState])
    listing.add_argument("--most", type=int, default=50, help="how many at most (default: 50)")
    listing.add_argument("--json", action="store_true", help="for scripts")
    listing.set_defaults(command=list_orders)
    show = orders.add_parser("show", parents=[shop], help="one order, whole")
    show.add_argument("order", help="its number, public token or id")
    show.add_argument("--json", action="store_true", help="for scripts")
    show.set_defaults(command=show_order)
    order_actions.add_to(orders, shop)


def list_orders(settings: Settings, options: argparse.Namespace) -> None:
    state = OrderState(options.state) if options.state else None
    with opened(settings) as shop:
        orders = shop.order_desk().latest(state=state, most=options.most)
    if options.json:
        say_json([_facts(order) for order in orders])
        return
    say_table(
        ("NUMBER", "STATE", "TOTAL", "PIECES", "PLACED", "BUYER", "TOKEN"),
        (
            (
                order.number or "-",
                order.state,
                order.total,
                order.units,
                f"{order.created_at:%Y-%m-%d %H:%M}",
                (order.buyer and order.buyer.email) or "-",
                order.token,
            )
            for order in orders
        ),
    )


def show_order(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        order = shop.order_desk().find(options.order)
        timeline = shop.order_desk().timeline(order.id)
    if options.json:
        say_json(_facts(order))
        return
    say(f"Order {order.number or '(no number yet)'}: {order.state}")
    if order.review:
        say(f"In review because: {order.review}")
    if order.fraud_warning:
        say("A bank suspects that the card was not the buyer's")
    if order.dispute:
        say(f"Dispute {order.dispute.id}: {order.dispute.state}, {order.dispute.amount}")
    say(f"Placed {order.created_at:%Y-%m-%d %H:%M} UTC, token {order.token}, id {order.id}")
    if order.paid_at:
        say(f"Paid {order.paid_at:%Y-%m-%d %H:%M} UTC, {order.captured}, {order.intent_id}")
    say()
    say_table(
        ("PIECES", "WHAT", "EACH", "TOGETHER", "SKU"),
        (
            (
                line.quantity,
                f"{line.product_name}, {line.variant_label}",
                line.unit_price,
                line.total,
                line.sku,
            )
            for line in order.lines
        ),
    )
    say(f"\nGoods {order.subtotal}, delivery {order.shipping}, tax {order.tax}")
    say(f"Discount {order.discount}, total {order.total}, given back {order.refunded}")
    if order.buyer:
        say(f"\n{order.buyer.name or ''} <{order.buyer.email or 'no e-mail'}>".lstrip())
        if address := order.buyer.ship_to:
            parts = (address.name, address.line1, address.line2, address.city)
            rest = (address.state, address.postal_code, address.country)
            say(", ".join(part for part in (*parts, *rest) if part))
    if timeline:
        say()
        say_table(
            ("WHEN (UTC)", "WHAT", "WHO", "WORDS"),
            (
                (f"{event.at:%Y-%m-%d %H:%M}", event.kind, event.actor or "-", event.words)
                for event in timeline
            ),
        )


def _facts(order: Order) -> dict[str, object]:
    """An order as JSON: money in minor units."""
    return {
        "id": order.id,
        "number": order.number,
        "token": order.token,
        "state": order.state,
        "review": order.review,
        "currency": order.currency.code,
        "subtotal": order.subtotal.minor,
        "discount": order.discount.minor,
        "shipping": order.shipping.minor,
        "tax": order.tax.minor,
        "total": order.total.minor,
        "captured": order.captured.minor,
        "refunded": order.refunded.minor,
        "promised_by": order.promised_by,
        "dispute": order.dispute,
        "fraud_warning": order.fraud_warning,
        "parcels": order.parcels,
        "created_at": order.created_at,
        "pay_by": order.pay_by,
        "paid_at": order.paid_at,
        "session_id": order.session_id,
        "buyer": order.buyer,
        "lines": [
            {
                "variant_id": line.variant_id,
                "sku": line.sku,
                "product": line.product_name,
                "variant": line.variant_label,
                "quantity": line.quantity,
                "unit_price": line.unit_price.minor,
            }
            for line in order.lines
        ],
    }
