"""The ways in which an order moves stock. The only place that locks shelves for an order.

Each says everything else first and locks the shelves last, in the order of their ids: the locks are
held until the commit is on disk, and whoever wants the same soap waits that long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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


def reserve(work: Work, *orders: Order) -> None:
    """Promise the orders' pieces to them. Raises `OutOfStock` naming every soap of which there are
    too few; then none of them has any."""
    work.reservations.add(
        Reservation(order_id=order.id, variant_id=variant_id, quantity=quantity)
        for order in orders
        for variant_id, quantity in order.quantities.items()
    )
    wanted = Counter[int]()
    for order in orders:
        wanted.update(order.quantities)
    shelves = work.shelves.hold(wanted)
    if missing := _shortages(wanted, shelves.values()):
        raise OutOfStock(missing)
    work.shelves.save(shelf.reserve(wanted[id]) for id, shelf in shelves.items())


def release(work: Work, order: Order) -> None:
    """Take the promise back, if there is one: the pieces can be sold to somebody else."""
    if not work.reservations.move(order.id, HoldState.HELD, HoldState.RELEASED):
        return
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
        if _shortages(order.quantities, shelves.values()):
            return False
        work.reservations.move(order.id, HoldState.RELEASED, HoldState.CONSUMED)
        shelves = {id: shelf.reserve(order.quantities[id]) for id, shelf in shelves.items()}
    _hand_over(work, order, shelves, at)
    return True


def make_and_sell(work: Work, order: Order, *, actor: str | None) -> None:
    """Hand the order's pieces over as `sell` does; those that are gone are made for it, and the
    ledger says so: they are delivered to the shelf and taken from it at the same moment."""
    held = work.reservations.move(order.id, HoldState.HELD, HoldState.CONSUMED)
    shelves = work.shelves.hold(order.quantities)
    if not held:
        work.reservations.move(order.id, HoldState.RELEASED, HoldState.CONSUMED)
        missing = _shortages(order.quantities, shelves.values())
        made = {lack.variant_id: lack.requested - lack.available for lack in missing}
        shelves = {
            id: shelf.receive(made[id]) if id in made else shelf for id, shelf in shelves.items()
        }
        _record(work, order, Reason.DELIVERY, made, actor=actor, note="made to order")
        shelves = {id: shelf.reserve(order.quantities[id]) for id, shelf in shelves.items()}
    _hand_over(work, order, shelves, work.now)


def take_back(
    work: Work, order: Order, pieces: Mapping[int, int], *, actor: str | None = None
) -> None:
    """Put pieces that were sold back on the shelf. Raises `Invalid` when a shelf is full, and
    then nothing is changed."""
    shelves = work.shelves.hold(pieces)
    work.shelves.save([shelf.receive(pieces[id]) for id, shelf in shelves.items()])
    _record(work, order, Reason.RETURN, pieces, actor=actor)


def _hand_over(work: Work, order: Order, shelves: Mapping[int, Shelf], at: datetime) -> None:
    work.shelves.save(shelf.take(order.quantities[id]) for id, shelf in shelves.items())
    work.shelves.record(
        Movement(variant_id=id, change=-quantity, reason=Reason.SALE, order_id=order.id, at=at)
        for id, quantity in order.quantities.items()
    )


def _record(
    work: Work,
    order: Order,
    reason: Reason,
    pieces: Mapping[int, int],
    *,
    actor: str | None,
    note: str = "",
) -> None:
    work.shelves.record(
        Movement(
            variant_id=id,
            change=quantity,
            reason=reason,
            order_id=order.id,
            at=work.now,
            note=note,
            actor=actor,
        )
        for id, quantity in pieces.items()
    )


def _shortages(wanted: Mapping[int, int], shelves: Iterable[Shelf]) -> tuple[Shortage, ...]:
    return tuple(
        missing for shelf in shelves if (missing := shelf.shortage(wanted[shelf.variant_id]))
    )
