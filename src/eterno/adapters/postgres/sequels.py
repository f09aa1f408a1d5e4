"""What was said about a payment before its order knew it, as a JSON document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from eterno.adapters.postgres.documents import dispute_document, dispute_of
from eterno.application.ports.payments import DisputeReport, FraudWarning, RefundReport, Sequel
from eterno.domain.money import Currency, Money
from eterno.domain.refunds import RefundState


def sequel_document(sequel: Sequel) -> dict[str, object]:
    about: dict[str, object] = {"intent_id": sequel.intent_id}
    match sequel:
        case RefundReport():
            return {**about, "refund": _refund_document(sequel)}
        case DisputeReport():
            return {**about, "dispute": dispute_document(sequel.dispute)}
        case FraudWarning():
            return about


def sequel_of(document: Mapping[str, Any]) -> Sequel:
    intent_id = document["intent_id"]
    if refund := document.get("refund"):
        return RefundReport(
            provider_id=refund["provider_id"],
            refund_id=UUID(refund["refund_id"]) if refund["refund_id"] else None,
            intent_id=intent_id,
            amount=Money(refund["amount"], Currency(refund["currency"])),
            status=RefundState(refund["status"]),
            at=datetime.fromisoformat(refund["at"]),
        )
    dispute = dispute_of(document.get("dispute"))
    if dispute is not None:
        return DisputeReport(intent_id=intent_id, dispute=dispute)
    return FraudWarning(intent_id=intent_id)


def _refund_document(report: RefundReport) -> dict[str, object]:
    return {
        "provider_id": report.provider_id,
        "refund_id": str(report.refund_id) if report.refund_id else None,
        "amount": report.amount.minor,
        "currency": report.amount.currency.code,
        "status": report.status.value,
        "at": report.at.isoformat(),
    }
