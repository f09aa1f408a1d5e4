"""A payment service with a hosted page, as Stripe Checkout is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from eterno.domain.disputes import Dispute
from eterno.domain.errors import Refusal, Unavailable
from eterno.domain.money import Money
from eterno.domain.orders import Buyer, Order
from eterno.domain.payments import Amounts, PaymentSession
from eterno.domain.refunds import RefundState


class SessionStatus(StrEnum):
    """Where a payment session stands, by the payment service's account."""

    OPEN = "open"
    """It can still be paid."""
    PENDING = "pending"
    """Completed by the buyer; the money is on its way."""
    PAID = "paid"
    FAILED = "failed"
    """Completed, but the money did not arrive, and will not."""
    EXPIRED = "expired"
    """It can no longer be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """What the payment service says about one session. Claims, to be compared with our order."""

    session_id: str
    order_token: str | None
    status: SessionStatus
    amounts: Amounts | None
    """None while nothing was completed."""
    intent_id: str | None
    buyer: Buyer | None
    at: datetime
    """When the service came to say so."""

    @classmethod
    def unknown(cls, session_id: str, at: datetime) -> SessionReport:
        """Of a session that is not there: nobody can pay it."""
        return cls(
            session_id=session_id,
            order_token=None,
            status=SessionStatus.EXPIRED,
            amounts=None,
            intent_id=None,
            buyer=None,
            at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FraudWarning:
    """A card's bank suspects that somebody else has paid with it."""

    intent_id: str | None
    """The payment it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Money to give back, out of one payment."""

    id: UUID
    """Ours; it travels with the refund, so that it is known again and never made twice."""
    order_token: str
    intent_id: str
    amount: Money
    provider_id: str | None = None
    """Its name at the service, if it is known to have been made: then it is only asked after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReport:
    """What the payment service says about one refund."""

    provider_id: str
    """Its own name for it."""
    refund_id: UUID | None
    """Ours; None for a refund that was made elsewhere, at the service itself, say."""
    intent_id: str | None
    amount: Money
    status: RefundState
    at: datetime
    """When the service came to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeReport:
    """What the payment service says about one dispute."""

    intent_id: str | None
    dispute: Dispute


Sequel = RefundReport | DisputeReport | FraudWarning
"""What can be said about a payment after it was made. It names the payment, not the order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentNotice:
    """A verified message from the payment service. It is about at most one thing."""

    id: str
    kind: str
    """As the service calls it: "checkout.session.completed"."""
    report: SessionReport | None
    """None when the message is not about a payment session."""
    refund: RefundReport | None = None
    dispute: DisputeReport | None = None
    warning: FraudWarning | None = None

    @property
    def sequel(self) -> Sequel | None:
        return self.refund or self.dispute or self.warning


class ForgedNotice(Refusal):
    """A notice that the payment service did not sign, signed too long ago, or for another mode."""

    code = "forged_notice"


class PaymentsUnavailable(Unavailable):
    """The payment service is silent or failing.

    `lasting` means that it remembers its failure under this attempt: only a new one can succeed.
    """

    code = "payments_unavailable"

    def __init__(self, *, lasting: bool = False) -> None:
        super().__init__("The payment service does not answer; please try again in a moment")
        self.lasting = lasting


class RefundRefused(Exception):
    """The payment service will never make this refund; asking again is of no use."""


class Payments(Protocol):
    def open_session(self, order: Order) -> PaymentSession:
        """A page on which this order can be paid, until `order.pay_by`.

        The same order and attempt give the same session, however often asked.
        Raises `PaymentsUnavailable`.
        """
        ...

    def close_session(self, session_id: str) -> SessionReport:
        """Make sure that the session can no longer be begun to be paid, and say how it ended.

        The answer is never `OPEN`: an open session is expired; one that the buyer has completed
        stays as it is. Raises `PaymentsUnavailable`, and then nothing is known.
        """
        ...

    def look_at(self, session_id: str) -> SessionReport:
        """How the session stands, without touching it. One that the service does not know is
        `EXPIRED`: nobody can pay it. Raises `PaymentsUnavailable`."""
        ...

    def refund(self, request: RefundRequest) -> RefundReport:
        """Give the money back the way it came, and say how that stands.

        A request with the same id pays once, however often it is made, whatever became of the
        answers, and however long ago: the service is looked at first for a refund of that id.
        Raises `PaymentsUnavailable`, and then nothing is known; and `RefundRefused` when there is
        no such refund and there never will be.
        """
        ...

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        """The message in `body`, if the payment service really sent it. Asks nobody.

        Raises `ForgedNotice`.
        """
        ...

    def missed_notices(self, since: datetime) -> Sequence[PaymentNotice]:
        """What the service has had to say about payments since then and could not deliver, as far
        as it knows: notices that were heard all the same may be among them. In any order.

        Raises `PaymentsUnavailable`.
        """
        ...

    def payments(self, since: datetime) -> Sequence[SessionReport]:
        """The sessions opened since then that are paid, in any order. Raises
        `PaymentsUnavailable`."""
        ...

    def refunds(self, since: datetime) -> Sequence[RefundReport]:
        """The refunds made since then, whoever asked for them, as they stand, in any order. Raises
        `PaymentsUnavailable`."""
        ...

    def disputes(self, since: datetime) -> Sequence[DisputeReport]:
        """The disputes begun since then, as they stand, in any order. Raises
        `PaymentsUnavailable`."""
        ...
