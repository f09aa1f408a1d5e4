"""What the shop keeps about people, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Delete,
    String,
    Text,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    null,
    or_,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line
from eterno.adapters.postgres.mapping import message_of, order_changes, order_of
from eterno.adapters.postgres.orders import WITH_LINES
from eterno.adapters.postgres.queues import SHOWN_TASKS, shown_task
from eterno.adapters.postgres.text import can_be_kept
from eterno.application.ports.views import ShownTask
from eterno.domain.contact import Message
from eterno.domain.orders import Order, OrderState
from eterno.domain.privacy import DIGITS, ERASED, folded

orders, events, refunds = tables.orders, tables.order_events, tables.refunds
messages, notices, attempts = tables.messages, tables.payment_notices, tables.attempts

_IDS = bindparam("ids", type_=ARRAY(PG_UUID))
_SEARCHED = type_coerce(orders.c.search_words, ARRAY(Text))
_OF_BUYER = (
    WITH_LINES.where(
        _SEARCHED.contains(bindparam("words", type_=ARRAY(Text))),
        func.lower(orders.c.email) == bindparam("email"),
    )
    .order_by(None)
    .order_by(orders.c.created_at, orders.c.id, tables.order_lines.c.variant_id)
    .with_for_update(of=orders)
)
"""By the index on words, among which every address is."""
_FROM = (
    select(messages)
    .where(func.lower(messages.c.email) == bindparam("email"))
    .order_by(messages.c.at, messages.c.id)
)
_ABOUT = SHOWN_TASKS.where(
    tables.outbox.c.facts["order_id"].astext == func.any(bindparam("names", type_=ARRAY(Text)))
).order_by(tables.outbox.c.created_at, tables.outbox.c.id)
_NO_WORDS = (
    update(events)
    .where(events.c.order_id == bindparam("order"), events.c.words != "")
    .values(words="")
)
_NO_REASONS = update(refunds).where(refunds.c.order_id == bindparam("order")).values(reason="")
_GIVEN_UP = (OrderState.EXPIRED, OrderState.FAILED, OrderState.CANCELLED)
_NEVER_PAID = and_(
    orders.c.captured == 0, or_(*(orders.c.state == state.value for state in _GIVEN_UP))
)
_OLD_ATTEMPTS = (
    select(orders.c.id)
    .where(orders.c.created_at < bindparam("before"), text(tables.KNOWN_CLIENT))
    .order_by(orders.c.created_at, orders.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
    .cte("old")
)
_DIGEST = func.encode(
    func.sha256(func.convert_to(bindparam("salt", type_=String) + orders.c.client, "UTF8")), "hex"
)
_FORGET_ATTEMPTS = (
    update(orders)
    .where(orders.c.id == _OLD_ATTEMPTS.c.id)
    .values(
        client=literal(ERASED) + func.left(_DIGEST, DIGITS),
        **{
            name: case((_NEVER_PAID, null()), else_=orders.c[name])
            for name in ("buyer", "email", "key", "session_url")
        },
        search_words=case((_NEVER_PAID, literal([], ARRAY(Text))), else_=orders.c.search_words),
    )
)


class PostgresTraces:
    def __init__(self, line: Line) -> None:
        self._line = line

    def orders_of(self, email: str) -> Sequence[Order]:
        if not can_be_kept(email):
            return ()
        terms = {"email": folded(email), "words": [folded(email)]}
        rows = self._line.execute(_OF_BUYER, terms)
        lines = (list(its) for _, its in groupby(rows, key=lambda row: row.id))
        return [order_of(its[0], its) for its in lines]

    def messages_from(self, email: str) -> Sequence[Message]:
        if not can_be_kept(email):
            return ()
        rows = self._line.execute(_FROM, {"email": folded(email)})
        return [message_of(row) for row in rows]

    def tasks_about(self, orders: Collection[UUID]) -> Sequence[ShownTask]:
        rows = self._line.execute(_ABOUT, {"names": [str(id) for id in orders]})
        return [shown_task(row) for row in rows]

    def forget_buyer(self, order: Order) -> None:
        origin = {"client": order.client, "basket": order.basket, "key": order.key}
        changes = {**order_changes(order), **origin}
        self._line.execute(update(orders).where(orders.c.id == order.id).values(changes))
        self._line.execute(_NO_WORDS, {"order": order.id})
        self._line.execute(_NO_REASONS, {"order": order.id})

    def forget_messages(self, ids: Collection[UUID]) -> None:
        self._line.execute(
            delete(messages).where(messages.c.id == func.any(_IDS)), {"ids": list(ids)}
        )

    def forget_old_attempts(self, before: datetime, salt: str, *, most: int) -> int:
        return self._changed(_FORGET_ATTEMPTS, {"before": before, "salt": salt, "most": most})

    def forget_old_messages(self, before: datetime, *, most: int) -> int:
        return self._changed(_oldest(messages, messages.c.at), {"before": before, "most": most})

    def forget_old_notices(self, before: datetime, *, most: int) -> int:
        return self._changed(
            _oldest(notices, notices.c.received_at, notices.c.closed_at.is_not(None)),
            {"before": before, "most": most},
        )

    def forget_old_tries(self, before: datetime, *, most: int) -> int:
        return self._changed(_oldest(attempts, attempts.c.at), {"before": before, "most": most})

    def _changed(self, change: Update | Delete, terms: dict[str, object]) -> int:
        return self._line.execute(change, terms).rowcount


def _oldest(table: Any, at: Any, *also: Any) -> Delete:
    """Those that are older than `before`, the oldest first, at most so many; rows that somebody
    else is taking out already are left to them."""
    old = (
        select(table.c.id)
        .where(at < bindparam("before"), *also)
        .order_by(at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("old")
    )
    return delete(table).where(table.c.id.in_(select(old.c.id)))
