"""Values that are kept as JSON documents in a column of their order's row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
from eterno.domain.money import Currency, Money
from eterno.domain.parcels import Parcel


def parcel_document(parcel: Parcel) -> dict[str, object]:
    return {
        "id": str(parcel.id),
        "carrier": parcel.carrier,
        "tracking": parcel.tracking,
        "link": parcel.link,
        "contents": [[id, quantity] for id, quantity in parcel.contents.items()],
        "sent_at": parcel.sent_at.isoformat(),
    }


def parcel_of(document: Mapping[str, Any]) -> Parcel:
    return Parcel(
        id=UUID(document["id"]),
        carrier=document["carrier"],
        tracking=document["tracking"],
        link=document["link"],
        contents=dict(document["contents"]),
        sent_at=datetime.fromisoformat(document["sent_at"]),
    )


def dispute_document(dispute: Dispute | None) -> dict[str, object] | None:
    if dispute is None:
        return None
    return {
        "id": dispute.id,
        "state": dispute.state.value,
        "amount": dispute.amount.minor,
        "currency": dispute.amount.currency.code,
        "reason": dispute.reason,
        "due_by": dispute.due_by.isoformat() if dispute.due_by else None,
        "stage": dispute.stage.value,
        "refundable": dispute.refundable,
        "lost_before": dispute.lost_before,
    }


def dispute_of(document: Mapping[str, Any] | None) -> Dispute | None:
    if document is None:
        return None
    due_by = document["due_by"]
    return Dispute(
        id=document["id"],
        state=DisputeState(document["state"]),
        amount=Money(document["amount"], Currency(document["currency"])),
        reason=document["reason"],
        due_by=datetime.fromisoformat(due_by) if due_by else None,
        # Those that were written down before these were told have none of them.
        stage=DisputeStage(document.get("stage", DisputeStage.CHARGEBACK)),
        refundable=document.get("refundable", False),
        lost_before=document.get("lost_before", False),
    )
