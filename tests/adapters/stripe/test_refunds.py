"""Refunds and disputes as Stripe writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from eterno.adapters.stripe.wire import notice_of
from eterno.application.ports.payments import DisputeReport, RefundReport
from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.refunds import RefundState
from tests.adapters.stripe.test_wire import AT, json_values
from tests.builders import usd

OURS = UUID("0192f7a8-0000-7000-8000-000000000001")
REFUND: dict[str, Any] = {
    "id": "re_1",
    "object": "refund",
    "amount": 899,
    "currency": "usd",
    "payment_intent": "pi_1",
    "status": "succeeded",
    "metadata": {"refund": str(OURS), "order": "the-token"},
}
DISPUTE: dict[str, Any] = {
    "id": "du_1",
    "object": "dispute",
    "amount": 2697,
    "currency": "usd",
    "payment_intent": "pi_1",
    "reason": "product_not_received",
    "status": "needs_response",
    "evidence_details": {"due_by": AT + 7 * 86_400, "submission_count": 0},
}


def event(kind: str, thing: object) -> bytes:
    return json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": kind,
            "created": AT,
            "livemode": False,
            "data": {"object": thing},
        }
    ).encode()


def refund(kind: str = "refund.updated", **changes: Any) -> RefundReport | None:
    notice = notice_of(event(kind, {**REFUND, **changes}), livemode=False)
    assert (notice.report, notice.dispute) == (None, None)
    return notice.refund


def dispute(kind: str = "charge.dispute.updated", **changes: Any) -> DisputeReport | None:
    notice = notice_of(event(kind, {**DISPUTE, **changes}), livemode=False)
    assert (notice.report, notice.refund) == (None, None)
    return notice.dispute


@pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "refund.failed"])
def test_a_refund_is_read(kind: str) -> None:
    assert refund(kind) == RefundReport(
        provider_id="re_1",
        refund_id=OURS,
        intent_id="pi_1",
        amount=usd("8.99"),
        status=RefundState.SUCCEEDED,
        at=datetime.fromtimestamp(AT, UTC),
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", RefundState.PENDING),
        ("requires_action", RefundState.PENDING),
        ("succeeded", RefundState.SUCCEEDED),
        ("failed", RefundState.FAILED),
        ("canceled", RefundState.FAILED),
        ("something new", RefundState.PENDING),
        (None, RefundState.PENDING),
    ],
)
def test_how_a_refund_stands(status: str | None, state: RefundState) -> None:
    report = refund(status=status)
    assert report is not None
    assert report.status is state


@pytest.mark.parametrize("metadata", [{}, None, {"refund": "x"}, {"refund": 7}, "no metadata"])
def test_a_refund_from_elsewhere_does_not_bear_our_name(metadata: object) -> None:
    report = refund(metadata=metadata)
    assert report is not None
    assert report.refund_id is None


def test_the_intent_may_be_expanded() -> None:
    report = refund(payment_intent={"id": "pi_1", "object": "payment_intent"})
    assert report is not None
    assert report.intent_id == "pi_1"


@pytest.mark.parametrize(
    "changes",
    [{"id": None}, {"amount": 0}, {"amount": "899"}, {"amount": None}, {"currency": "dollars"}],
)
def test_a_refund_that_the_ledger_cannot_count_is_none(changes: dict[str, Any]) -> None:
    assert refund(**changes) is None
    assert dispute(**changes) is None


@pytest.mark.parametrize(
    "kind", ["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"]
)
def test_a_dispute_is_read(kind: str) -> None:
    report = dispute(kind)

    assert report is not None
    assert report.intent_id == "pi_1"
    assert (report.dispute.id, report.dispute.amount) == ("du_1", usd("26.97"))
    assert report.dispute.reason == "product_not_received"
    assert report.dispute.due_by == datetime.fromtimestamp(AT + 7 * 86_400, UTC)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("needs_response", DisputeState.NEEDS_RESPONSE),
        ("warning_needs_response", DisputeState.NEEDS_RESPONSE),
        ("under_review", DisputeState.UNDER_REVIEW),
        ("warning_under_review", DisputeState.UNDER_REVIEW),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
        ("warning_closed", DisputeState.CLOSED),
        ("prevented", DisputeState.CLOSED),
        ("appeal_needs_response", DisputeState.NEEDS_RESPONSE),
        ("appeal_under_review", DisputeState.UNDER_REVIEW),
        ("something new", DisputeState.UNDER_REVIEW),
    ],
)
def test_how_a_dispute_stands(status: str, state: DisputeState) -> None:
    report = dispute(status=status)
    assert report is not None
    assert report.dispute.state is state


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("warning_needs_response", DisputeStage.INQUIRY),
        ("warning_under_review", DisputeStage.INQUIRY),
        ("under_review", DisputeStage.CHARGEBACK),
        ("appeal_under_review", DisputeStage.APPEAL),
    ],
)
def test_how_far_a_dispute_has_gone(status: str, stage: DisputeStage) -> None:
    report = dispute(status=status)
    assert report is not None
    assert report.dispute.stage is stage


@pytest.mark.parametrize(("said", "is_so"), [(True, True), (False, False), (None, False)])
def test_whether_the_money_can_still_be_given_back(said: object, is_so: bool) -> None:
    report = dispute(is_charge_refundable=said)
    assert report is not None
    assert report.dispute.refundable is is_so


@pytest.mark.parametrize("due_by", [None, "soon", 10**15, True])
def test_a_dispute_may_have_no_deadline(due_by: object) -> None:
    report = dispute(evidence_details={"due_by": due_by}, reason=None)
    assert report is not None
    assert (report.dispute.due_by, report.dispute.reason) == (None, "unknown")


@given(json_values, json_values)
def test_whatever_is_sent_is_read_or_left(thing: object, value: object) -> None:
    for kind, whole in (("refund.updated", REFUND), ("charge.dispute.closed", DISPUTE)):
        notice_of(event(kind, thing), livemode=False)
        for field in whole:
            notice_of(event(kind, {**whole, field: value}), livemode=False)
