"""Whether the books balance: the algebra of money and stock, looked up in the store's tables.

The numbers are those of the list of invariants."""

from __future__ import annotations

from collections.abc import Iterator

from eterno.adapters.memory.tables import Tables
from eterno.application.ports.orders import Entry
from eterno.domain.fulfilment import unsent
from eterno.domain.history import EventKind, of_state
from eterno.domain.inventory import HoldState, Reason
from eterno.domain.orders import SOLD, Order, OrderState
from eterno.domain.refunds import RefundState, left_of

HOLDS_IN = {
    OrderState.AWAITING: {HoldState.HELD},
    OrderState.PENDING: {HoldState.HELD},
    **{state: {HoldState.CONSUMED} for state in SOLD},
    OrderState.CANCELLED: {HoldState.CONSUMED, HoldState.RELEASED},
    OrderState.EXPIRED: {HoldState.RELEASED},
    OrderState.FAILED: {HoldState.RELEASED},
    OrderState.REVIEW: {HoldState.HELD, HoldState.RELEASED},
}

STATES = {of_state(state) for state in OrderState}


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
        captured = _entered(tables, order, Entry.CAPTURE)
        if order.captured.minor != captured:
            yield f"I07: {order.captured} captured for {order.id}, {captured} by the ledger"
        if order.state in SOLD and order.captured != order.total:
            yield f"I08: {order.id} is sold, but not paid in full"
        sold = [m for m in tables.movements if m.order_id == order.id and m.reason is Reason.SALE]
        due = order.quantities if order.number is not None else {}
        if sorted((m.variant_id, -m.change) for m in sold) != sorted(due.items()):
            yield f"I12: what was taken for {order.id} is not what was sold"
        if order.number is not None:
            yield from _letter_faults(tables, order)
        yield from _refund_faults(tables, order)
        yield from _history_faults(tables, order)


def _refund_faults(tables: Tables, order: Order) -> Iterator[str]:
    mine = [refund for refund in tables.refunds.values() if refund.order_id == order.id]
    refunded = -_entered(tables, order, Entry.REFUND, Entry.RETURN)
    done = sum(r.amount.minor for r in mine if r.state is RefundState.SUCCEEDED)
    if not order.refunded.minor == refunded == done:
        yield f"I07: {order.refunded} of {order.id} refunded, {refunded} by the ledger, {done} done"
    if left_of(order, mine).minor < 0:
        yield f"I09: more of {order.id} is going back than was captured"
    for variant_id, quantity in order.quantities.items():
        back = sum(
            m.change
            for m in tables.movements
            if (m.order_id, m.variant_id, m.reason) == (order.id, variant_id, Reason.RETURN)
        )
        if back > (quantity if order.number is not None else 0):
            yield f"I18: more of {variant_id} came back from {order.id} than was sold"


def _entered(tables: Tables, order: Order, *kinds: Entry) -> int:
    return sum(e.amount.minor for e in tables.money if e.order_id == order.id and e.kind in kinds)


def _letter_faults(tables: Tables, order: Order) -> Iterator[str]:
    confirmations = [
        filed
        for filed in tables.outbox.values()
        if filed.task.reaction == "confirm_order" and filed.task.facts["order_id"] == str(order.id)
    ]
    if len(confirmations) != 1:
        yield f"I13: {order.id} was sold and has {len(confirmations)} confirmations"


def _history_faults(tables: Tables, order: Order) -> Iterator[str]:
    mine = [event for event in tables.history if event.order_id == order.id]
    moves = [event.kind for event in mine if event.kind in STATES]
    if moves and moves[-1] is not of_state(order.state):
        yield f"I16: {order.id} is {order.state}, its history says {moves[-1]}"
    parcels = [event for event in mine if event.kind is EventKind.PARCEL]
    if len(parcels) != len(order.parcels) or min(unsent(order).values(), default=0) < 0:
        yield f"I17: the parcels of {order.id} are not what was sent"


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
