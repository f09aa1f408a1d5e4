"""Fulfilment: from a paid order to soap in the buyer's hands, and what she is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from eterno.domain.errors import Conflict, Invalid
from eterno.domain.orders import Order, OrderState
from eterno.domain.parcels import MOST_PARCELS, Parcel
from eterno.domain.refunds import Refund, unrefunded


class NotPossibleNow(Conflict):
    """The order is not where this could be done with it."""

    code = "not_possible_now"

    def __init__(self, order: Order, deed: str) -> None:
        super().__init__(f"An order that is {order.state.replace('_', ' ')} cannot be {deed}")
        self.state = order.state

    @property
    def facts(self) -> Mapping[str, object]:
        return {"state": self.state.value}


class LatePayment(StrEnum):
    """What becomes of an order that is paid after its pieces were sold to somebody else."""

    REFUND = "refund"
    """It is cancelled, and the money goes back."""
    BACKORDER = "backorder"
    """It is sold, and what is missing is made for it."""
    REVIEW = "review"
    """The owner decides each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FulfilmentPolicy:
    """What the shop promises with every sale. Letters, the payment page and each order's promise
    date are made of it."""

    production_days: tuple[int, int] = (7, 14)
    """Days from payment to the post office, at least and at most."""
    made_to_order: bool = True
    all_sales_final: bool = True
    late_payment: LatePayment = LatePayment.REVIEW

    def promise(self, paid_at: datetime) -> datetime:
        """Until when an order paid then shall be on its way."""
        return paid_at + timedelta(days=self.production_days[1])


def start_production(order: Order) -> Order:
    """Somebody makes it now. Already so is fine. Raises `NotPossibleNow`."""
    if order.state is OrderState.IN_PRODUCTION:
        return order
    return _moved(order, OrderState.IN_PRODUCTION, "put into production")


def unsent(order: Order) -> Mapping[int, int]:
    """The pieces, by variant, that are in no parcel yet."""
    left = {
        variant_id: quantity - sum(parcel.contents.get(variant_id, 0) for parcel in order.parcels)
        for variant_id, quantity in order.quantities.items()
    }
    return {variant_id: quantity for variant_id, quantity in left.items() if quantity}


def to_send(order: Order, refunds: Sequence[Refund]) -> Mapping[int, int]:
    """The pieces, by variant, that the buyer still waits for: in no parcel yet, and not among those
    whose money went back."""
    left, paid = unsent(order), unrefunded(order, refunds)
    sent = {id: quantity - left.get(id, 0) for id, quantity in order.quantities.items()}
    waiting = {id: min(quantity, paid.get(id, 0) - sent[id]) for id, quantity in left.items()}
    return {variant_id: quantity for variant_id, quantity in waiting.items() if quantity > 0}


def is_all_sent(order: Order, refunds: Sequence[Refund]) -> bool:
    """Whether something of it was sent and nothing is left to send, though it is not shipped."""
    under_way = bool(order.parcels) and order.can_become(OrderState.SHIPPED)
    return under_way and not to_send(order, refunds)


def ship(
    order: Order, parcel: Parcel, *, last: bool = False, refunds: Sequence[Refund] = ()
) -> Order:
    """One parcel leaves. The order is shipped when every piece is in a parcel or refunded, or when
    this is the `last` one: what is missing then will not be sent. A parcel that has left already
    changes nothing.

    Raises `NotPossibleNow`, and `Invalid` for pieces that are not there to be sent.
    """
    if any(parcel.is_same_as(sent) for sent in order.parcels):
        return order
    if not order.can_become(OrderState.SHIPPED):
        raise NotPossibleNow(order, "shipped")
    if len(order.parcels) == MOST_PARCELS:
        raise Invalid.field("lines", f"at most {MOST_PARCELS} parcels")
    left = unsent(order)
    if not parcel.contents:
        raise Invalid.field("lines", "at least one piece")
    for variant_id, quantity in parcel.contents.items():
        if not 1 <= quantity <= left.get(variant_id, 0):
            raise Invalid.field(
                "lines", f"variant {variant_id}: {left.get(variant_id, 0)} left to send"
            )
    sent = replace(order, parcels=(*order.parcels, parcel))
    return sent.become(OrderState.SHIPPED) if last or is_all_sent(sent, refunds) else sent


def deliver(order: Order) -> Order:
    """It is in the buyer's hands: it arrived, or she came for it. Already so is fine.

    Raises `NotPossibleNow`, also while some pieces were posted and others were not.
    """
    if order.state is OrderState.DELIVERED:
        return order
    if order.parcels and order.state is not OrderState.SHIPPED:
        raise NotPossibleNow(order, "delivered while some of its pieces were not sent")
    return _moved(order, OrderState.DELIVERED, "delivered")


def cancel(order: Order) -> Order:
    """Called off before anything of it was sent. Already so is fine. Raises `NotPossibleNow`."""
    if order.state is OrderState.CANCELLED:
        return order
    if order.parcels:
        raise NotPossibleNow(order, "cancelled: some of it was sent")
    return replace(_moved(order, OrderState.CANCELLED, "cancelled"), review=None)


def _moved(order: Order, state: OrderState, deed: str) -> Order:
    if not order.can_become(state):
        raise NotPossibleNow(order, deed)
    return order.become(state)
