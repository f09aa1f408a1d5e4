"""News: what has happened, in the past tense. Written in the transaction that made it happen."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid:
    """An order was paid and its stock taken."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentPending:
    """A buyer has done her part, and the money is on its way."""

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
class OrderTaken:
    """The owner took an order herself: at the counter, or out of review."""

    order_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSent:
    """Some or all of an order left the house."""

    order_id: UUID
    parcel_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled:
    """An order was called off before it was shipped."""

    order_id: UUID
    back: str
    """What of the buyer's money goes back, for people ("42.00 USD"); empty when there is none."""
    kept: str = ""
    """Why it does not, though she has paid: "claimed" by her bank, or given back "elsewhere"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested:
    """Money is to go back through the payment service."""

    order_id: UUID
    refund_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded:
    """Money went back to the buyer."""

    order_id: UUID
    amount: str
    """For people: "42.00 USD"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed:
    """Money did not go back, or came back to us."""

    order_id: UUID
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeMoved:
    """A buyer has asked her bank for the money, or the bank has decided."""

    order_id: UUID
    dispute_id: str
    amount: str
    reason: str
    state: str
    due_by: str
    """Until when the owner must answer, for people; empty when she need not."""
    refundable: bool = False
    """Whether giving the money back would end it."""
    left: str = ""
    """What can be given back for an order that was called off meanwhile, for people."""


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
    """For people: "fraud warning", "waiting refund", "late payment", or "refund" or "dispute" of a
    payment that the shop does not know."""
    order_id: UUID | None
    intent_id: str | None
    amount: str | None = None
    """For people: "42.00 USD"."""
    due: str | None = None
    """When an answer must be there, for people: "2026-03-08 23:59 UTC"."""


Event = (
    OrderPaid
    | PaymentPending
    | PaymentFailed
    | OrderQuestioned
    | OrderTaken
    | ParcelSent
    | OrderCancelled
    | RefundRequested
    | RefundSucceeded
    | RefundFailed
    | DisputeMoved
    | StrayPayment
    | MessageReceived
    | PictureDropped
    | PaymentAlerted
)
