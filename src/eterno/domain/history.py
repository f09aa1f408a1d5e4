"""What happened to an order, told once and never changed.

It is the timeline that the owner reads and the history that figures are computed from. `at` is when
the shop learned of it; the facts say since when it counts (`paid_at`, `done_at`), so that any
figure can be computed as it was known at a past instant. Amounts are minor units of the order's
currency, moments ISO 8601 in UTC. Facts name no person; what people wrote stands in `words` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from eterno.domain.disputes import Dispute
from eterno.domain.orders import Order, OrderState
from eterno.domain.parcels import Parcel
from eterno.domain.refunds import Refund

Facts = Mapping[str, object]


class EventKind(StrEnum):
    """What can happen. Those that move an order are called as the state it moves to."""

    PLACED = "placed"
    PENDING = "pending"
    PAID = "paid"
    REVIEW = "review"
    FAILED = "failed"
    EXPIRED = "expired"
    IN_PRODUCTION = "in_production"
    PARCEL = "parcel"
    """Some or all of its pieces left the house."""
    SHIPPED = "shipped"
    """The last of them did."""
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    NOTE = "note"
    REFUND_REQUESTED = "refund_requested"
    REFUND_SUCCEEDED = "refund_succeeded"
    REFUND_FAILED = "refund_failed"
    DISPUTE = "dispute"
    FORGOTTEN = "forgotten"
    """The buyer is: see `domain.privacy`."""
    FRAUD_WARNING = "fraud_warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One line of an order's history."""

    order_id: UUID
    at: datetime
    kind: EventKind
    actor: str | None = None
    """The admin who did it; nobody for what the buyer or the payment service did."""
    facts: Facts
    words: str = ""
    """What somebody wrote about it. The only part that may ever be taken out."""


def of_state(state: OrderState) -> EventKind:
    """The event by which an order comes into this state."""
    return EventKind.PLACED if state is OrderState.AWAITING else EventKind(state.value)


def facts_of_placing(order: Order) -> Facts:
    return {
        "currency": order.currency.code,
        "subtotal": order.subtotal.minor,
        "lines": _lines(order),
    }


def facts_of_sale(order: Order, *, channel: str = "web") -> Facts:
    """Everything that sales figures are made of."""
    return {
        "channel": channel,
        "number": order.number,
        "paid_at": _moment(order.paid_at),
        "promised_by": _moment(order.promised_by),
        "currency": order.currency.code,
        "subtotal": order.subtotal.minor,
        "discount": order.discount.minor,
        "shipping": order.shipping.minor,
        "tax": order.tax.minor,
        "total": order.total.minor,
        "lines": _lines(order),
    }


def facts_of_review(order: Order) -> Facts:
    return {
        "reason": order.review.value if order.review else None,
        "paid_at": _moment(order.paid_at),
        "captured": order.captured.minor,
    }


def facts_of_parcel(parcel: Parcel) -> Facts:
    return {
        "parcel": str(parcel.id),
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "lines": _pieces(parcel.contents),
    }


def facts_of_dispute(dispute: Dispute) -> Facts:
    return {
        "dispute": dispute.id,
        "state": dispute.state.value,
        "amount": dispute.amount.minor,
        "currency": dispute.amount.currency.code,
        "reason": dispute.reason,
        "due_by": _moment(dispute.due_by),
    }


def facts_of_refund(refund: Refund) -> Facts:
    """`done_at` is since when it counts; None as long as it is only asked for."""
    return {
        "refund": str(refund.id),
        "provider": refund.provider_id,
        "currency": refund.amount.currency.code,
        "amount": refund.amount.minor,
        "goods": refund.goods.minor,
        "shipping": refund.shipping.minor,
        "tax": refund.tax.minor,
        "restock": refund.restock,
        "done_at": _moment(refund.done_at),
        "lines": [
            {
                "variant_id": line.variant_id,
                "quantity": line.quantity,
                "amount": line.amount.minor,
            }
            for line in refund.lines
        ],
    }


def _lines(order: Order) -> list[Facts]:
    return [
        {
            "variant_id": line.variant_id,
            "quantity": line.quantity,
            "unit_price": line.unit_price.minor,
        }
        for line in order.lines
    ]


def _pieces(contents: Mapping[int, int]) -> list[Facts]:
    return [{"variant_id": id, "quantity": quantity} for id, quantity in contents.items()]


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
