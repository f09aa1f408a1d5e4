"""A parcel leaves the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.orders.tell import name_of, tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain import fulfilment
from eterno.domain.audit import Actor
from eterno.domain.events import ParcelSent
from eterno.domain.history import EventKind, facts_of_parcel
from eterno.domain.orders import Order, OrderState
from eterno.domain.parcels import Parcel
from eterno.domain.refunds import Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What is posted, and how it can be followed."""

    carrier: str
    tracking: str | None = None
    link: str | None = None
    contents: Mapping[int, int] | None = None
    """Pieces by variant; None is all that was neither sent nor refunded yet."""
    last: bool = False
    """Whether pieces that are missing then will not be sent at all."""


class ShipOrder:
    """Note a parcel of an order and write to the buyer. With the last piece the order is shipped.

    A parcel with the carrier, tracking number and contents of one that has left is that one, and so
    is all that is left with the carrier and tracking number of the last one: saying it twice
    changes nothing and writes no second letter.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(self, actor: Actor, order_id: UUID, shipment: Shipment) -> Order:
        """The order afterwards. Raises `NotFound`, `NotPossibleNow` or `Invalid`."""
        return again(lambda: self._ship(actor, order_id, shipment))

    def _ship(self, actor: Actor, order_id: UUID, shipment: Shipment) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            refunds = work.refunds.of(order_id)
            parcel = self._pack(work, order, refunds, shipment)
            if shipment.contents is None and any(map(parcel.is_labelled_as, order.parcels[-1:])):
                return order
            sent = fulfilment.ship(order, parcel, last=shipment.last, refunds=refunds)
            if sent == order:
                return order
            work.orders.save(sent)
            tell(work, order, EventKind.PARCEL, facts_of_parcel(parcel), actor=actor)
            if sent.state is OrderState.SHIPPED:
                tell(work, order, EventKind.SHIPPED, actor=actor)
            audit.record(work, actor, "ship order", name_of(order), before=order, after=sent)
            announce(work, self._ids, ParcelSent(order_id=order.id, parcel_id=parcel.id))
            return sent

    def _pack(
        self, work: Work, order: Order, refunds: Sequence[Refund], shipment: Shipment
    ) -> Parcel:
        contents = shipment.contents
        return Parcel.packed(
            id=self._ids.new(),
            carrier=shipment.carrier,
            tracking=shipment.tracking,
            link=shipment.link,
            contents=fulfilment.to_send(order, refunds) if contents is None else contents,
            at=work.now,
        )
