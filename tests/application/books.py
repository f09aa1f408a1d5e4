"""Whether the books balance: the algebra of money and stock, looked up in the store's tables.

The numbers are those of the list of invariants."""

from __future__ import annotations

from collections.abc import Iterator

from eterno.adapters.memory.tables import Tables
from eterno.domain.inventory import HoldState, Reason
from eterno.domain.orders import Order, OrderState

HOLDS_IN = {
    OrderState.AWAITING: {HoldState.HELD},
    OrderState.PENDING: {HoldState.HELD},
    OrderState.PAID: {HoldState.CONSUMED},
    OrderState.EXPIRED: {HoldState.RELEASED},
    OrderState.FAILED: {HoldState.RELEASED},
    OrderState.REVIEW: {HoldState.HELD, HoldState.RELEASED},
}


def faults(tables: Tables) -> list[str]:
    """What does not add up; empty in a healthy shop."""
    return [
        *_stock_faults(tables),
        *_order_faults(tables),
        *_inbox_faults(tables),
        *_message_faults(tables),
    ]


def _stock_faults(tables: Tables) -> Iterator[str]:
    for variant_id, shelf in tables.shelves.items():
        moved = sum(m.change for m in tables.movements if m.variant_id == variant_id)
        if shelf.on_hand != moved:
            yield f"I02: {shelf.on_hand} of {variant_id} on hand, {moved} by the ledger"
        held = sum(
            reservation.quantity
            for reservation in tables.reservations.values()
            if reservation.variant_id == variant_id and reservation.state is HoldState.HELD
        )
        if shelf.reserved != held:
            yield f"I03: {shelf.reserved} of {variant_id} reserved, {held} held"


def _order_faults(tables: Tables) -> Iterator[str]:
    for order in tables.orders.values():
        mine = [r for r in tables.reservations.values() if r.order_id == order.id]
        if {r.variant_id: r.quantity for r in mine} != order.quantities:
            yield f"I05: the lines of {order.id} are not what is reserved for it"
        if not {r.state for r in mine} <= HOLDS_IN[order.state]:
            yield f"I06: {order.id} is {order.state}, its reservations are not"
        captured = sum(e.amount.minor for e in tables.money if e.order_id == order.id)
        if order.captured.minor != captured:
            yield f"I07: {order.captured} captured for {order.id}, {captured} by the ledger"
        if order.state is OrderState.PAID:
            yield from _sale_faults(tables, order)


def _sale_faults(tables: Tables, order: Order) -> Iterator[str]:
    if order.captured != order.total:
        yield f"I08: {order.id} is paid, but not in full"
    sold = [m for m in tables.movements if m.order_id == order.id and m.reason is Reason.SALE]
    if sorted((m.variant_id, -m.change) for m in sold) != sorted(order.quantities.items()):
        yield f"I12: {order.id} is paid, but not what was sold"
    confirmations = [
        filed
        for filed in tables.outbox.values()
        if filed.task.reaction == "confirm_order" and filed.task.facts["order_id"] == str(order.id)
    ]
    if len(confirmations) != 1:
        yield f"I13: {order.id} is paid and has {len(confirmations)} confirmations"


def _message_faults(tables: Tables) -> Iterator[str]:
    for id in tables.messages:
        letters = [
            filed
            for filed in tables.outbox.values()
            if filed.task.reaction == "forward_message"
            and filed.task.facts["message_id"] == str(id)
        ]
        if len(letters) != 1:
            yield f"I13: message {id} has {len(letters)} letters"


def _inbox_faults(tables: Tables) -> Iterator[str]:
    for name, heard in tables.inbox.items():
        if heard.outcome is None:
            yield f"I15: {name} was received, and nothing noted about it"
