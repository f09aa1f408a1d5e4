"""News: what has happened, in the past tense. Written in the transaction that made it happen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid:
    """An order was paid and its stock taken."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed:
    """A payment on its way did not arrive; the stock is back."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuestioned:
    """Money came that does not fit its order, which is now in review."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayPayment:
    """Money came for an order we do not know, or a second time for one that is paid."""

    notice_id: str
    session_id: str
    amount: str
    """For people: "42.00 USD"."""
    order_id: UUID | None
    """The order that is already paid, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A visitor wrote to the owner."""

    message_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureDropped:
    """A product or variant no longer shows a picture. Another one may."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentAlerted:
    """The payment service has told of something that only the owner can deal with."""

    notice_id: str
    kind: str
    """For people: "dispute opened"."""
    intent_id: str | None
    amount: str | None
    """For people: "42.00 USD"."""
    due: str | None
    """When an answer must be there, for people: "2026-03-08 23:59 UTC"."""


Event = (
    OrderPaid
    | PaymentFailed
    | OrderQuestioned
    | StrayPayment
    | MessageReceived
    | PictureDropped
    | PaymentAlerted
)
