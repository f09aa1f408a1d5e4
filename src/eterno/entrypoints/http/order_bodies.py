"""What an admin sends about orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from eterno.application.orders.place_manual_order import ManualSale
from eterno.application.orders.resolve_review import Decision
from eterno.application.orders.ship_order import Shipment
from eterno.domain.basket import MOST_LINES
from eterno.domain.errors import Invalid
from eterno.domain.money import Currency, Money
from eterno.domain.refunds import RefundWish


class PiecesIn(Struct, forbid_unknown_fields=True):
    """Some pieces of a variant."""

    variant_id: int
    quantity: int


Pieces = Annotated[list[PiecesIn] | None, Meta(description="Pieces by variant.")]


class ShipIn(Struct, forbid_unknown_fields=True):
    """A parcel that leaves."""

    carrier: Annotated[str, Meta(examples=["USPS"])]
    tracking: str | None = None
    link: Annotated[str | None, Meta(description="Where the buyer can follow it.")] = None
    lines: Annotated[
        list[PiecesIn] | None,
        Meta(description="What is in it; without, all that is neither sent nor refunded."),
    ] = None
    last: Annotated[
        bool, Meta(description="Whether what is missing then will not be sent at all.")
    ] = False


class RefundIn(Struct, forbid_unknown_fields=True):
    """What to give back: `full`, an `amount`, or `lines` and `shipping` at what they cost."""

    full: bool = False
    amount: Annotated[float | None, Meta(examples=[8.99])] = None
    lines: Pieces = None
    shipping: Annotated[float | None, Meta(description="The delivery in it.")] = None
    restock: Annotated[
        bool, Meta(description="Whether the pieces go back on the shelf when it has succeeded.")
    ] = False
    reason: Annotated[str, Meta(description="For the shop only.")] = ""


class CancelIn(Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(description="For the shop only.")] = ""


class NoteIn(Struct, forbid_unknown_fields=True):
    text: Annotated[str, Meta(description="Up to 2,000 characters.")]


class ReviewIn(Struct, forbid_unknown_fields=True):
    """What becomes of an order in review."""

    decision: Annotated[
        Decision,
        Meta(
            description="`accept`: sold for what came; `refund`: cancelled, money back; `close`:"
            " cancelled, its money was given back at the payment service."
        ),
    ]
    reason: Annotated[str, Meta(description="For the shop only.")] = ""


class SoldIn(Struct, forbid_unknown_fields=True):
    id: Annotated[int, Meta(description="The variant.")]
    quantity: int


class ManualOrderIn(Struct, forbid_unknown_fields=True):
    """A sale that was paid by hand."""

    items: list[SoldIn]
    discount: float | None = None
    name: str = ""
    email: Annotated[str, Meta(description="If given, a confirmation is sent there.")] = ""
    handed_over: Annotated[bool, Meta(description="Whether the buyer has it already.")] = True
    note: Annotated[str, Meta(description="For the shop only.")] = ""


def shipment_of(data: ShipIn) -> Shipment:
    return Shipment(
        carrier=data.carrier,
        tracking=data.tracking,
        link=data.link,
        contents=None if data.lines is None else pieces_of(data.lines),
        last=data.last,
    )


def wish_of(data: RefundIn, currency: Currency) -> RefundWish:
    """Raises `Invalid` unless it says what to give back, and says it once."""
    some = data.amount is not None or bool(data.lines) or data.shipping is not None
    if data.full == some:
        raise Invalid.field("full", "either true, or an amount, lines or shipping")
    return RefundWish(
        amount=_money(data.amount, "amount", currency),
        pieces=pieces_of(data.lines or []),
        shipping=_money(data.shipping, "shipping", currency),
        restock=data.restock,
        reason=data.reason,
    )


def sale_of(data: ManualOrderIn, currency: Currency) -> ManualSale:
    items = [PiecesIn(variant_id=item.id, quantity=item.quantity) for item in data.items]
    return ManualSale(
        pieces=pieces_of(items, "items"),
        discount=_money(data.discount, "discount", currency),
        name=data.name,
        email=data.email,
        handed_over=data.handed_over,
        note=data.note,
    )


def pieces_of(lines: Sequence[PiecesIn], field: str = "lines") -> Mapping[int, int]:
    """Raises `Invalid` for too many, and for a variant that is named twice."""
    pieces = {line.variant_id: line.quantity for line in lines}
    if len(lines) > MOST_LINES or len(pieces) != len(lines):
        raise Invalid.field(field, f"at most {MOST_LINES}, each of another variant")
    return pieces


def _money(amount: float | None, field: str, currency: Currency) -> Money | None:
    return None if amount is None else Money.price(Decimal(repr(amount)), currency, field)
