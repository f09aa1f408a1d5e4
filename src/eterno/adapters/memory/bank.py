"""The payment service's side of refunds and disputes, in the palm of a test's hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from eterno.adapters.memory.tables import rule
from eterno.application.ports.payments import (
    DisputeReport,
    RefundRefused,
    RefundReport,
    RefundRequest,
)
from eterno.domain.disputes import Dispute, DisputeStage, DisputeState
from eterno.domain.money import Money
from eterno.domain.refunds import RefundState


class MemoryBank:
    """What was paid, and what of it went back."""

    def __init__(self) -> None:
        self._paid: dict[str, Money] = {}
        """By payment intent."""
        self._refunds: dict[str, RefundReport] = {}
        """By the service's own names for them."""
        self._made_at: dict[str, datetime] = {}
        self._disputes: dict[str, DisputeReport] = {}
        """By the service's own names for them, as they stand."""
        self._disputed_at: dict[str, datetime] = {}

    def take(self, intent_id: str, amount: Money) -> None:
        """Somebody paid."""
        self._paid[intent_id] = amount

    def known(self, request: RefundRequest) -> RefundReport | None:
        """The refund that was made for this request of the shop, or that it names."""
        if request.provider_id is not None:
            return self._refunds[request.provider_id]
        refunds = self._refunds.values()
        return next((refund for refund in refunds if refund.refund_id == request.id), None)

    def made(self, since: datetime) -> Sequence[RefundReport]:
        """The refunds since then, as they stand."""
        return [self._refunds[id] for id, at in self._made_at.items() if at >= since]

    def give_back(self, request: RefundRequest, status: RefundState, at: datetime) -> RefundReport:
        """As the shop asked. Raises `RefundRefused` for more than is left."""
        if self._left(request.intent_id) < request.amount:
            raise RefundRefused("the charge has less left than that")
        return self._write(request.intent_id, request.amount, status, at, request.id)

    def give_back_elsewhere(self, intent_id: str, amount: Money, at: datetime) -> RefundReport:
        """Somebody did it at the service itself."""
        rule("no more is refunded than was paid", not self._left(intent_id) < amount)
        return self._write(intent_id, amount, RefundState.SUCCEEDED, at, None)

    def end(self, provider_id: str, status: RefundState, at: datetime) -> RefundReport:
        """The bank says what became of a refund."""
        order = list(RefundState)
        before = self._refunds[provider_id].status
        rule("a refund never goes back", order.index(before) <= order.index(status))
        ended = replace(self._refunds[provider_id], status=status, at=at)
        self._refunds[provider_id] = ended
        return ended

    def dispute(
        self,
        intent_id: str,
        id: str,
        state: DisputeState,
        stage: DisputeStage,
        *,
        at: datetime,
    ) -> DisputeReport:
        """The buyer has asked her bank for all of it; the answer is due in a week."""
        dispute = Dispute(
            id=id,
            state=state,
            amount=self._paid[intent_id],
            reason="product_not_received",
            due_by=at + timedelta(days=7),
            stage=stage,
            refundable=stage is DisputeStage.INQUIRY,
        )
        report = DisputeReport(intent_id=intent_id, dispute=dispute)
        self._disputes[id] = report
        self._disputed_at.setdefault(id, at)
        return report

    def disputed(self, since: datetime) -> Sequence[DisputeReport]:
        """The disputes begun since then, as they stand."""
        return [self._disputes[id] for id, at in self._disputed_at.items() if at >= since]

    def _write(
        self,
        intent_id: str,
        amount: Money,
        status: RefundState,
        at: datetime,
        refund_id: UUID | None,
    ) -> RefundReport:
        report = RefundReport(
            provider_id=f"re_{len(self._refunds) + 1}",
            refund_id=refund_id,
            intent_id=intent_id,
            amount=amount,
            status=status,
            at=at,
        )
        self._refunds[report.provider_id] = report
        self._made_at[report.provider_id] = at
        return report

    def _left(self, intent_id: str) -> Money:
        if intent_id not in self._paid:
            raise RefundRefused("no such payment")
        gone = (
            refund.amount
            for refund in self._refunds.values()
            if refund.intent_id == intent_id and refund.status is not RefundState.FAILED
        )
        paid = self._paid[intent_id]
        return paid - sum(gone, Money.zero(paid.currency))
