"""Reading Stripe's refunds and disputes: one that lacks what the ledger needs is None, never an
error, because nobody is left whom we could ask again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eterno.adapters.stripe.fields import (
    countable,
    currency_of,
    inner,
    intent_of,
    printable,
    text_of,
)
from eterno.application.ports.payments import DisputeReport, RefundReport
from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
from eterno.domain.money import Money
from eterno.domain.refunds import RefundState

REFUND_KEY = "refund"
"""The name under which a refund's metadata bear our own id."""

_REFUND: Mapping[str, RefundState] = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
_DISPUTE: Mapping[str, tuple[DisputeStage, DisputeState]] = {
    "warning_needs_response": (DisputeStage.INQUIRY, DisputeState.NEEDS_RESPONSE),
    "warning_under_review": (DisputeStage.INQUIRY, DisputeState.UNDER_REVIEW),
    "warning_closed": (DisputeStage.INQUIRY, DisputeState.CLOSED),
    "needs_response": (DisputeStage.CHARGEBACK, DisputeState.NEEDS_RESPONSE),
    "won": (DisputeStage.CHARGEBACK, DisputeState.WON),
    "lost": (DisputeStage.CHARGEBACK, DisputeState.LOST),
    "prevented": (DisputeStage.CHARGEBACK, DisputeState.CLOSED),
    "appeal_needs_response": (DisputeStage.APPEAL, DisputeState.NEEDS_RESPONSE),
    "appeal_under_review": (DisputeStage.APPEAL, DisputeState.UNDER_REVIEW),
}
_UNDER_REVIEW = (DisputeStage.CHARGEBACK, DisputeState.UNDER_REVIEW)


def refund_of(refund: Mapping[str, Any], at: datetime) -> RefundReport | None:
    """What a `refund` says of itself at `at`."""
    id, amount = refund.get("id"), _amount(refund)
    if not printable(id) or amount is None:
        return None
    return RefundReport(
        provider_id=id,
        refund_id=_ours(inner(refund, "metadata").get(REFUND_KEY)),
        intent_id=intent_of(refund),
        amount=amount,
        status=_REFUND.get(str(refund.get("status")), RefundState.PENDING),
        at=at,
    )


def dispute_of(dispute: Mapping[str, Any]) -> DisputeReport | None:
    """What a `dispute` says of itself."""
    id, amount = dispute.get("id"), _amount(dispute)
    if not printable(id) or amount is None:
        return None
    status, reason = dispute.get("status"), text_of(dispute.get("reason"))
    stage, state = _DISPUTE.get(str(status), _UNDER_REVIEW)
    return DisputeReport(
        intent_id=intent_of(dispute),
        dispute=Dispute(
            id=id,
            state=state,
            amount=amount,
            reason=reason or "unknown",
            due_by=_moment(inner(dispute, "evidence_details").get("due_by")),
            stage=stage,
            refundable=dispute.get("is_charge_refundable") is True,
        ),
    )


def _amount(thing: Mapping[str, Any]) -> Money | None:
    minor, currency = thing.get("amount"), currency_of(thing.get("currency"))
    if not countable(minor) or minor <= 0 or currency is None:
        return None
    return Money(minor, currency)


def _ours(name: object) -> UUID | None:
    try:
        return UUID(name) if isinstance(name, str) else None
    except ValueError:
        return None


def _moment(at: object) -> datetime | None:
    if not countable(at):
        return None
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None
