"""The three ways in which an order moves stock. The only place that locks shelves for an order.

Each says everything else first and locks the shelves last, in the order of their ids: the locks are
held until the commit is on disk, and whoever wants the same soap waits that long.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from eterno.application.ports.store import Work
from eterno.domain.inventory import (
    HoldState,
    Movement,
    OutOfStock,
    Reason,
    Reservation,
    Shelf,
    Shortage,
)
from eterno.domain.orders import Order


def reserve(work: Work, order: Order) -> None:
    """Promise the order's pieces to it. Raises `OutOfStock` naming every line that lacks some."""
    work.reservations.add(
        Reservation(order_id=order.id, variant_id=variant_id, quantity=quantity)
        for variant_id, quantity in order.quantities.items()
    )
    shelves = work.shelves.hold(order.quantities)
    if missing := _shortages(order, shelves.values()):
        raise OutOfStock(missing)
    work.shelves.save(shelf.reserve(order.quantities[id]) for id, shelf in shelves.items())


def release(work: Work, order: Order) -> None:
    """Take the promise back: the pieces can be sold to somebody else."""
    work.reservations.move(order.id, HoldState.HELD, HoldState.RELEASED)
    shelves = work.shelves.hold(order.quantities)
    work.shelves.save(shelf.release(order.quantities[id]) for id, shelf in shelves.items())


def sell(work: Work, order: Order, at: datetime) -> bool:
    """Hand the order's pieces over, and write it into the stock ledger.

    They are those held for it, or, when its promise was taken back, what stands there now: then it
    answers False and changes nothing if they are gone.
    """
    held = work.reservations.move(order.id, HoldState.HELD, HoldState.CONSUMED)
    shelves = work.shelves.hold(order.quantities)
    if not held:
        if _shortages(order, shelves.values()):
            return False
        work.reservations.move(order.id, HoldState.RELEASED, HoldState.CONSUMED)
        shelves = {id: shelf.reserve(order.quantities[id]) for id, shelf in shelves.items()}
    work.shelves.save(shelf.take(order.quantities[id]) for id, shelf in shelves.items())
    work.shelves.record(
        Movement(variant_id=id, change=-quantity, reason=Reason.SALE, order_id=order.id, at=at)
        for id, quantity in order.quantities.items()
    )
    return True


def _shortages(order: Order, shelves: Iterable[Shelf]) -> tuple[Shortage, ...]:
    return tuple(
        missing
        for shelf in shelves
        if (missing := shelf.shortage(order.quantities[shelf.variant_id]))
    )
