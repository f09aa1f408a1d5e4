"""Disputes: the buyer has asked her bank for the money."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


class DisputeStage(StrEnum):
    """How far a dispute has gone. It goes only upward; each stage has states and a date of its own,
    but the bank calls a loss before an appeal and after it alike."""

    INQUIRY = "inquiry"
    """The bank only asks; no money is taken yet."""
    CHARGEBACK = "chargeback"
    APPEAL = "appeal"
    """The shop does not accept that it has lost."""


OPEN = frozenset({DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW})
_STEP = {
    DisputeState.NEEDS_RESPONSE: 0,
    DisputeState.UNDER_REVIEW: 1,
    DisputeState.CLOSED: 2,
    DisputeState.LOST: 2,
    DisputeState.WON: 3,
}
_STAGES = list(DisputeStage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`id` is the payment service's own name for it."""

    id: str
    state: DisputeState
    amount: Money
    reason: str
    due_by: datetime | None
    stage: DisputeStage = DisputeStage.CHARGEBACK
    refundable: bool = False
    """Whether the money can still be given back, which then ends it."""
    lost_before: bool = False
    """Whether another dispute about the same payment was lost."""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def claims_money(self) -> bool:
        """Whether the money is, or may be, the bank's: then it must not be given back as well."""
        is_lost = self.state is DisputeState.LOST or self.lost_before
        return is_lost or (self.is_open and not self.refundable)

    def after(self, before: Dispute | None) -> Dispute:
        """What is known when this is said to somebody who knows `before`: that very thing, if it is
        no news to her.

        Reports come late and in any order: what a dispute was before it is not again, one that is
        won stays won, and an open one is not forgotten for another one that is closed.
        """
        if before is None:
            return self
        if before.id == self.id:
            return self._later(before)
        if before.is_open and not self.is_open:
            return replace(before, lost_before=before.lost_before or self._is_lost)
        return replace(self, lost_before=before.lost_before or before._is_lost)

    def is_known_by(self, memory: Dispute | None) -> bool:
        """Whether whoever remembers `memory` of a payment knows how this dispute about it stands:
        open, or how it ended. Of several about one payment no more is remembered than one, an open
        one before all others, and whether another was lost."""
        if memory is None:
            return False
        if memory.is_open and self.is_open:
            return True
        if memory.id == self.id:
            return memory.state is self.state
        if self._is_lost:
            return memory._is_lost or memory.lost_before
        return not self.is_open

    def needs_telling(self, before: Dispute | None) -> bool:
        """Whether the owner must hear of this at once: it is new or over, or must be answered by a
        date that was not said before."""
        if before is None or before.id != self.id or not self.is_open:
            return True
        known = (before.stage, before.due_by)
        return self.state is DisputeState.NEEDS_RESPONSE and (self.stage, self.due_by) != known

    @property
    def _is_lost(self) -> bool:
        return self.state is DisputeState.LOST

    def _later(self, before: Dispute) -> Dispute:
        """The later one of two reports of the same dispute."""
        stage = self.stage
        if self.state in (DisputeState.WON, DisputeState.LOST):
            stage = max(stage, before.stage, key=_STAGES.index)
        now = replace(self, stage=stage, lost_before=before.lost_before)
        if before.state is DisputeState.WON or now._rank < before._rank:
            return before
        return now if now.is_open or now._rank > before._rank else before

    @property
    def _rank(self) -> tuple[int, int]:
        return _STAGES.index(self.stage), _STEP[self.state]
