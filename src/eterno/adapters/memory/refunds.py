"""Money that goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from eterno.adapters.memory.tables import Tables, rule
from eterno.domain.errors import NotFound
from eterno.domain.refunds import Refund, RefundState


class MemoryRefunds:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def add(self, refund: Refund) -> None:
        rule("a refund's id is its own", refund.id not in self._draft.refunds)
        rule("a refund is for an order that exists", refund.order_id in self._draft.orders)
        self._write(refund)

    def save(self, refund: Refund) -> None:
        before = self.get(refund.id)
        rule("what was asked for stays as it was", _wish(refund) == _wish(before))
        self._write(refund)

    def get(self, id: UUID) -> Refund:
        try:
            return self._draft.refunds[id]
        except KeyError:
            raise NotFound("Refund", id) from None

    def of(self, order_id: UUID) -> Sequence[Refund]:
        mine = [r for r in self._draft.refunds.values() if r.order_id == order_id]
        return sorted(mine, key=lambda refund: (refund.requested_at, refund.id))

    def pending(self, before: datetime, *, most: int) -> Sequence[UUID]:
        waiting = [
            (refund.requested_at, refund.id)
            for refund in self._draft.refunds.values()
            if refund.state is RefundState.PENDING and refund.requested_at < before
        ]
        return [id for _, id in sorted(waiting)[:most]]

    def _write(self, refund: Refund) -> None:
        rule("a refund gives something back", refund.amount.minor > 0)
        rule("its parts are parts of it", 0 <= refund.goods.minor <= refund.amount.minor)
        rule("a refund that succeeded did so some time", refund.done_at or _is_undone(refund))
        others = [other for other in self._draft.refunds.values() if other.id != refund.id]
        rule(
            "a refund's key is its own",
            refund.key is None
            or (refund.order_id, refund.key) not in {(o.order_id, o.key) for o in others},
        )
        rule(
            "the payment service's name for a refund is its own",
            refund.provider_id is None or refund.provider_id not in {o.provider_id for o in others},
        )
        self._draft.refunds[refund.id] = refund


def _is_undone(refund: Refund) -> bool:
    return refund.state is not RefundState.SUCCEEDED


def _wish(refund: Refund) -> Refund:
    """The refund without what may change."""
    return replace(refund, state=RefundState.PENDING, restock=False, provider_id=None, done_at=None)
