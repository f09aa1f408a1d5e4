"""Which orders the owner looks for, as a question to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY

from eterno.adapters.postgres import tables
from eterno.application.ports.views import OrderQuery
from eterno.domain.search import words_in

orders = tables.orders
_SEARCHED = type_coerce(orders.c.search_words, ARRAY(Text))


def found_by(query: OrderQuery) -> Select[Any]:
    """A page of orders, the newest first.

    Of a single word PostgreSQL knows how frequent it is, and well decides whether to look it up or
    to read the newest orders until enough have it. Of several it takes each to say nothing of the
    others, and might read all orders to find none of an Ada who is called June. So the orders with
    all words are found first, by the index of words, and put in order then.
    """
    words = sorted(words_in(query.text))
    found = select(orders).where(*_wanted(query))
    if words:
        found = found.where(_SEARCHED.contains(words))
    if len(words) < 2:
        return _newest(found, orders.c, query.most)
    first = found.cte("found").prefix_with("MATERIALIZED")
    return _newest(select(first), first.c, query.most)


def _newest(question: Select[Any], of: Any, most: int) -> Select[Any]:
    return question.order_by(of.created_at.desc(), of.id.desc()).limit(most)


def _wanted(query: OrderQuery) -> Iterator[ColumnElement[bool]]:
    if query.state is not None:
        yield orders.c.state == query.state.value
    if query.since is not None:
        yield orders.c.created_at >= query.since
    if query.until is not None:
        yield orders.c.created_at < query.until
    if query.after is not None:
        last = orders.alias("last")
        place = select(last.c.created_at, last.c.id).where(last.c.id == query.after)
        yield tuple_(orders.c.created_at, orders.c.id) < place.scalar_subquery()
