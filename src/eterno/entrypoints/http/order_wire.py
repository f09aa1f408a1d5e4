"""Orders on the wire: what the owner sees of them, and the little that a buyer may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from eterno.domain.history import OrderEvent
from eterno.domain.money import Money
from eterno.domain.orders import Address, Order
from eterno.domain.parcels import Parcel
from eterno.domain.refunds import Refund
from eterno.entrypoints.http.wire import Price, price_out


class OrderLineOut(Struct, frozen=True, kw_only=True):
    """What was bought, as it was called and priced then."""

    variant_id: int
    sku: str
    name: str
    label: str
    quantity: int
    unit_price: Price
    total: Price


class PiecesOut(Struct, frozen=True):
    variant_id: int
    quantity: int


class ParcelOut(Struct, frozen=True, kw_only=True):
    """One shipment."""

    carrier: str
    tracking: str | None
    link: str | None
    sent_at: datetime
    lines: list[PiecesOut]


class SumsOut(Struct, frozen=True, kw_only=True):
    """What an order costs and what of it was paid and given back."""

    currency: str
    subtotal: Price
    discount: Price
    shipping: Price
    tax: Price
    total: Price
    captured: Price
    refunded: Price


class BuyersOrderOut(Struct, frozen=True, kw_only=True):
    """An order as its buyer may see it."""

    token: Annotated[str, Meta(description="Names the order in `GET /orders/{token}`.")]
    number: int | None
    state: str
    placed_at: datetime
    paid_at: datetime | None
    promised_by: Annotated[datetime | None, Meta(description="Until when it shall be on its way.")]
    email: Annotated[
        str | None,
        Meta(description="Enough of it to be recognised.", examples=["r***@example.org"]),
    ]
    lines: list[OrderLineOut]
    sums: SumsOut
    parcels: list[ParcelOut]


class AddressOut(Struct, frozen=True, kw_only=True):
    name: str
    line1: str
    line2: str | None
    city: str
    state: str | None
    postal_code: str
    country: str


class BuyerOut(Struct, frozen=True, kw_only=True):
    email: str | None
    name: str | None
    phone: str | None
    ship_to: AddressOut | None


class DisputeOut(Struct, frozen=True, kw_only=True):
    id: str
    state: str
    amount: Price
    reason: str
    due_by: datetime | None
    stage: Annotated[str, Meta(description="`inquiry`, `chargeback` or `appeal`.")]
    refundable: Annotated[bool, Meta(description="Whether giving the money back would end it.")]


class OrderOut(Struct, frozen=True, kw_only=True):
    """An order as the owner sees it."""

    id: UUID
    token: str
    number: int | None
    state: str
    review: str | None
    placed_at: datetime
    paid_at: datetime | None
    promised_by: datetime | None
    buyer: BuyerOut | None
    lines: list[OrderLineOut]
    sums: SumsOut
    parcels: list[ParcelOut]
    dispute: DisputeOut | None
    fraud_warning: Annotated[
        bool, Meta(description="Whether a bank suspects that the card was not the buyer's.")
    ]


class OrdersOut(Struct, frozen=True):
    """One page of orders, the newest first."""

    orders: list[OrderOut]
    next: Annotated[
        UUID | None, Meta(description="Give it as `after` for the next page; null on the last one.")
    ]


class RefundOut(Struct, frozen=True, kw_only=True):
    """Money going back. It is gone when it has `succeeded`."""

    id: UUID
    state: str
    amount: Price
    goods: Price
    shipping: Price
    tax: Price
    lines: list[PiecesOut]
    restock: bool
    reason: str
    requested_at: datetime
    requested_by: str | None
    done_at: datetime | None


class HappeningOut(Struct, frozen=True, kw_only=True):
    """One line of an order's timeline."""

    at: datetime
    kind: str
    actor: str | None
    words: str
    facts: dict[str, Any]


class OrderDetailsOut(Struct, frozen=True):
    """An order with all that happened to it."""

    order: OrderOut
    refunds: list[RefundOut]
    timeline: list[HappeningOut]


def buyers_order_out(order: Order) -> BuyersOrderOut:
    return BuyersOrderOut(
        token=order.token,
        number=order.number,
        state=order.state,
        placed_at=order.created_at,
        paid_at=order.paid_at,
        promised_by=order.promised_by,
        email=masked(order.buyer.email) if order.buyer else None,
        lines=_lines(order),
        sums=_sums(order),
        parcels=[_parcel(parcel) for parcel in order.parcels],
    )


def masked(email: str | None) -> str | None:
    """ "rosa@example.org" as "r***@example.org": who knows the address knows it again."""
    if email is None:
        return None
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}***@{domain}"


def order_out(order: Order) -> OrderOut:
    buyer, dispute = order.buyer, order.dispute
    return OrderOut(
        id=order.id,
        token=order.token,
        number=order.number,
        state=order.state,
        review=order.review,
        placed_at=order.created_at,
        paid_at=order.paid_at,
        promised_by=order.promised_by,
        buyer=BuyerOut(
            email=buyer.email, name=buyer.name, phone=buyer.phone, ship_to=_address(buyer.ship_to)
        )
        if buyer
        else None,
        lines=_lines(order),
        sums=_sums(order),
        parcels=[_parcel(parcel) for parcel in order.parcels],
        dispute=DisputeOut(
            id=dispute.id,
            state=dispute.state,
            amount=price_out(dispute.amount),
            reason=dispute.reason,
            due_by=dispute.due_by,
            stage=dispute.stage,
            refundable=dispute.refundable,
        )
        if dispute
        else None,
        fraud_warning=order.fraud_warning,
    )


def details_out(
    order: Order, refunds: Sequence[Refund], timeline: Sequence[OrderEvent]
) -> OrderDetailsOut:
    return OrderDetailsOut(
        order=order_out(order),
        refunds=[refund_out(refund) for refund in refunds],
        timeline=[
            HappeningOut(
                at=event.at,
                kind=event.kind,
                actor=event.actor,
                words=event.words,
                facts=dict(event.facts),
            )
            for event in timeline
        ],
    )


def refund_out(refund: Refund) -> RefundOut:
    return RefundOut(
        id=refund.id,
        state=refund.state,
        amount=price_out(refund.amount),
        goods=price_out(refund.goods),
        shipping=price_out(refund.shipping),
        tax=price_out(refund.tax),
        lines=[PiecesOut(line.variant_id, line.quantity) for line in refund.lines],
        restock=refund.restock,
        reason=refund.reason,
        requested_at=refund.requested_at,
        requested_by=refund.requested_by,
        done_at=refund.done_at,
    )


def _lines(order: Order) -> list[OrderLineOut]:
    return [
        OrderLineOut(
            variant_id=line.variant_id,
            sku=line.sku,
            name=line.product_name,
            label=line.variant_label,
            quantity=line.quantity,
            unit_price=price_out(line.unit_price),
            total=price_out(line.total),
        )
        for line in order.lines
    ]


def _sums(order: Order) -> SumsOut:
    sums: dict[str, Money] = {
        name: getattr(order, name) for name in SumsOut.__struct_fields__ if name != "currency"
    }
    return SumsOut(
        currency=order.currency.code, **{name: price_out(money) for name, money in sums.items()}
    )


def _parcel(parcel: Parcel) -> ParcelOut:
    return ParcelOut(
        carrier=parcel.carrier,
        tracking=parcel.tracking,
        link=parcel.link,
        sent_at=parcel.sent_at,
        lines=[PiecesOut(id, quantity) for id, quantity in parcel.contents.items()],
    )


def _address(address: Address | None) -> AddressOut | None:
    if address is None:
        return None
    return AddressOut(**{name: getattr(address, name) for name in AddressOut.__struct_fields__})
