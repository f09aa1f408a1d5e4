"""What the owner's day begins with, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import read_orders
from eterno.application.ports.office import ShownNotice
from eterno.domain.disputes import OPEN
from eterno.domain.orders import Order, OrderState

_IS_UNFINISHED = tables.orders.c.state.in_([OrderState.PAID.value, OrderState.IN_PRODUCTION.value])
_UNFINISHED = (
    select(tables.orders)
    .where(_IS_UNFINISHED)
    .order_by(tables.orders.c.promised_by.asc().nulls_last(), tables.orders.c.id)
)
_IN_QUESTION = (
    select(tables.orders)
    .where(
        or_(
            tables.orders.c.state == OrderState.REVIEW.value,
            tables.orders.c.dispute["state"].astext.in_(sorted(state.value for state in OPEN)),
            and_(tables.orders.c.fraud_warning, _IS_UNFINISHED),
        )
    )
    .order_by(tables.orders.c.created_at, tables.orders.c.id)
)
_HEARD = tables.payment_notices
_PAID_WITH = tables.orders.alias("paid_with")
_ORDER_ID = func.coalesce(_HEARD.c.order_id, _PAID_WITH.c.id)
_NOTICES = (
    select(
        _HEARD.c.id,
        _HEARD.c.kind,
        _HEARD.c.received_at,
        _HEARD.c.outcome,
        _ORDER_ID.label("order_id"),
    )
    .join_from(_HEARD, _PAID_WITH, _PAID_WITH.c.intent_id == _HEARD.c.intent_id, isouter=True)
    .order_by(_HEARD.c.received_at.desc(), _HEARD.c.id.desc())
)


class PostgresOfficeDesk:
    """One statement for each question, two where orders are shown: orders and their lines."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def unfinished(self, *, most: int = 50) -> Sequence[Order]:
        return read_orders(self._store, _UNFINISHED.limit(most))

    def in_question(self, *, most: int = 50) -> Sequence[Order]:
        return read_orders(self._store, _IN_QUESTION.limit(most))

    def notices(
        self,
        *,
        outcomes: Collection[str] | None = None,
        about_no_order: Collection[str] = (),
        since: datetime | None = None,
        most: int = 50,
    ) -> Sequence[ShownNotice]:
        question = _NOTICES.limit(most)
        if outcomes is not None:
            came = _HEARD.c.outcome
            question = question.where(
                or_(
                    came.in_(sorted(outcomes)),
                    and_(came.in_(sorted(about_no_order)), _ORDER_ID.is_(None)),
                )
            )
        if since is not None:
            question = question.where(_HEARD.c.received_at >= since)
        with self._store.look() as connection:
            return [
                ShownNotice(
                    id=row.id,
                    kind=row.kind,
                    received_at=row.received_at,
                    outcome=row.outcome,
                    order_id=row.order_id,
                )
                for row in connection.execute(question)
            ]
