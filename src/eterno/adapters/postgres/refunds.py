"""Refunds in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, insert, literal_column, select, update

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line
from eterno.domain.errors import NotFound
from eterno.domain.money import Currency, Money
from eterno.domain.refunds import Refund, RefundLine, RefundState

refunds = tables.refunds

_BY_ID = select(refunds).where(refunds.c.id == bindparam("id"))
OF_ORDER = (
    select(refunds)
    .where(refunds.c.order_id == bindparam("order"))
    .order_by(refunds.c.requested_at, refunds.c.id)
)

_PENDING = (
    select(refunds.c.id)
    .where(refunds.c.state == literal_column("'pending'"))
    .where(refunds.c.requested_at < bindparam("before"))
    .order_by(refunds.c.requested_at, refunds.c.id)
    .limit(bindparam("most"))
)


class PostgresRefunds:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, refund: Refund) -> None:
        self._line.execute(insert(refunds), _row(refund))

    def save(self, refund: Refund) -> None:
        self._line.execute(
            update(refunds).where(refunds.c.id == refund.id).values(_changes(refund))
        )

    def get(self, id: UUID) -> Refund:
        row = self._line.execute(_BY_ID, {"id": id}).one_or_none()
        if row is None:
            raise NotFound("Refund", id)
        return refund_of(row)

    def of(self, order_id: UUID) -> Sequence[Refund]:
        rows = self._line.execute(OF_ORDER, {"order": order_id})
        return [refund_of(row) for row in rows]

    def pending(self, before: datetime, *, most: int) -> Sequence[UUID]:
        terms = {"before": before, "most": most}
        return self._line.execute(_PENDING, terms).scalars().all()


def refund_of(row: Row[Any]) -> Refund:
    currency = Currency(row.currency)
    return Refund(
        id=row.id,
        order_id=row.order_id,
        state=RefundState(row.state),
        amount=Money(row.amount, currency),
        shipping=Money(row.shipping, currency),
        tax=Money(row.tax, currency),
        lines=tuple(
            RefundLine(variant_id=id, quantity=quantity, amount=Money(amount, currency))
            for id, quantity, amount in row.lines
        ),
        restock=row.restock,
        reason=row.reason,
        key=row.key,
        wish=row.wish,
        provider_id=row.provider_id,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        done_at=row.done_at,
    )


def _row(refund: Refund) -> dict[str, object]:
    return {
        "id": refund.id,
        "order_id": refund.order_id,
        "amount": refund.amount.minor,
        "shipping": refund.shipping.minor,
        "tax": refund.tax.minor,
        "currency": refund.amount.currency.code,
        "lines": [[line.variant_id, line.quantity, line.amount.minor] for line in refund.lines],
        "reason": refund.reason,
        "key": refund.key,
        "wish": refund.wish,
        "requested_at": refund.requested_at,
        "requested_by": refund.requested_by,
        **_changes(refund),
    }


def _changes(refund: Refund) -> dict[str, object]:
    """The columns that may change after a refund was asked for."""
    return {
        "state": refund.state.value,
        "restock": refund.restock,
        "provider_id": refund.provider_id,
        "done_at": refund.done_at,
    }
