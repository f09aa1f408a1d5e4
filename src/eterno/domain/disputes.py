"""Disputes: the buyer has asked her bank for the money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from eterno.domain.money import Money


class DisputeState(StrEnum):
    """Where a dispute stands, by the payment service's account."""

    NEEDS_RESPONSE = "needs_response"
    """The owner must answer until `Dispute.due_by`."""
    UNDER_REVIEW = "under_review"
    """The bank decides."""
    WON = "won"
    LOST = "lost"
    """The money is gone."""
    CLOSED = "closed"
    """It came to nothing."""


OPEN = frozenset({DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`id` is the payment service's own name for it."""

    id: str
    state: DisputeState
    amount: Money
    reason: str
    due_by: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def claims_money(self) -> bool:
        """Whether the money is, or may be, the bank's: then it must not be given back as well."""
        return self.is_open or self.state is DisputeState.LOST

    def follows(self, before: Dispute | None) -> bool:
        """Whether this is news to somebody who knows `before`.

        What is closed stays closed, and an open dispute is not forgotten for another one that is
        closed: reports come late and in any order.
        """
        if before is None:
            return True
        if self == before or (before.id == self.id and not before.is_open):
            return False
        return self.is_open or before.id == self.id or not before.is_open
