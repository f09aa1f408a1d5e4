"""What is known of one buyer: for her to read, and to be forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from eterno.application.ports.views import ShownTask
from eterno.application.privacy.erase_buyer import EraseBuyer
from eterno.application.privacy.export_buyer import BuyerFile, ExportBuyer, OrderFile
from eterno.domain.audit import Actor
from eterno.domain.contact import check_email
from eterno.domain.errors import Invalid
from eterno.domain.privacy import StillNeeded, folded
from eterno.entrypoints.http.contact import MessageOut, message_out
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.order_page import NOT_STORED
from eterno.entrypoints.http.order_wire import (
    HappeningOut,
    OrderOut,
    RefundOut,
    details_out,
)
from eterno.entrypoints.http.refusals import refuses


class BuyerIn(Struct, forbid_unknown_fields=True):
    """Whom it is about. In the body, because addresses in a URL end in logs."""

    email: Annotated[str, Meta(examples=["ada@example.org"])]


class ForgetIn(Struct, forbid_unknown_fields=True):
    """Who shall be forgotten."""

    email: Annotated[str, Meta(examples=["ada@example.org"])]
    confirm: Annotated[str, Meta(description="The address once more: nothing brings it back.")]


class OrderFileOut(Struct, frozen=True, kw_only=True):
    """An order, and all that is kept with it."""

    order: OrderOut
    network_address: Annotated[str, Meta(description="Where the checkout came from.")]
    payment_session: str | None
    payment: str | None
    refunds: list[RefundOut]
    timeline: list[HappeningOut]


class LetterOut(Struct, frozen=True, kw_only=True):
    """Something done about an order; letters themselves are not kept."""

    id: UUID
    what: str
    state: str
    created_at: datetime


class BuyerFileOut(Struct, frozen=True, kw_only=True):
    """Everything that the shop keeps about one buyer."""

    email: str
    exported_at: datetime
    orders: list[OrderFileOut]
    letters: list[LetterOut]
    messages: list[MessageOut]


class ForgottenOut(Struct, frozen=True):
    """How much was forgotten."""

    orders: int
    messages: int


@post(
    "/privacy/export",
    status_code=200,
    summary="What is known of a buyer",
    tags=["Privacy"],
    sync_to_thread=True,
    response_headers=NOT_STORED,
)
def export(
    data: JSONBody[BuyerIn], actor: Given[Actor], export_buyer: Given[ExportBuyer]
) -> BuyerFileOut:
    """All that is kept under an e-mail address, in whatever case it was written. What the payment
    and mail services keep must be asked for there."""
    return file_out(export_buyer(actor, check_email(data.email, "email")))


@post(
    "/privacy/erase",
    status_code=200,
    summary="Forget a buyer",
    tags=["Privacy"],
    sync_to_thread=True,
    opt=refuses(StillNeeded),
)
def erase(
    data: JSONBody[ForgetIn], actor: Given[Actor], erase_buyer: Given[EraseBuyer]
) -> ForgottenOut:
    """Take a buyer's name, addresses and phone out of everything, with her messages and the notes
    about her orders. Goods, money and dates stay, and so does every figure. Twice is harmless."""
    email = check_email(data.email, "email")
    if folded(data.confirm) != folded(email):
        raise Invalid.field("confirm", "not the same address")
    erased = erase_buyer(actor, email)
    return ForgottenOut(orders=erased.orders, messages=erased.messages)


PRIVACY = [export, erase]


def file_out(file: BuyerFile) -> BuyerFileOut:
    return BuyerFileOut(
        email=file.email,
        exported_at=file.at,
        orders=[_order_out(order) for order in file.orders],
        letters=[_letter_out(letter) for letter in file.letters],
        messages=[message_out(message) for message in file.messages],
    )


def _order_out(file: OrderFile) -> OrderFileOut:
    details = details_out(file.order, file.refunds, file.timeline)
    return OrderFileOut(
        order=details.order,
        network_address=file.order.client,
        payment_session=file.order.session_id,
        payment=file.order.intent_id,
        refunds=details.refunds,
        timeline=details.timeline,
    )


def _letter_out(task: ShownTask) -> LetterOut:
    return LetterOut(id=task.id, what=task.reaction, state=task.state, created_at=task.created_at)
