"""Figures in PostgreSQL: sums of closed days that are kept, and what was written since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, TextClause, delete, insert, text, update

from eterno.adapters.postgres import figures_sql as sql
from eterno.adapters.postgres import tables
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.figures import Difference, Good, Sum
from eterno.domain.calendar import FIRST_DAY, LAST_DAY, Span, Window, local_day, midnight
from eterno.domain.figures import Measure

AT_ONCE = 31
"""Days that are summed up before somebody else has a turn."""
SETTLED = timedelta(hours=1)
"""After so long, no work that began on a day is still at work: what it wrote is there or gone."""
_TICK = timedelta(microseconds=1)

PROMPT = frozenset(
    {
        Measure.ON_HAND,
        Measure.HELD,
        Measure.LOST_DEMAND,
        Measure.CUSTOMERS,
        Measure.REPEAT_CUSTOMERS,
    }
)
"""What counts on the day on which it is learned."""

_PLAN_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL jit = off")
"""A plan for a day does not suit a year, and these are never asked often enough to keep one."""
_LATEST = text("SELECT until FROM figures_state WHERE zone = :zone")
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('figures', 2))")
_FIRST = text(
    "SELECT min(at) FROM (SELECT min(at) AS at FROM stock_movements UNION ALL"
    " SELECT min(at) FROM refused_demand UNION ALL"
    " (SELECT at FROM order_events ORDER BY id LIMIT 1)) AS firsts"
)
_CLOSE = (text(sql.CLOSE_PEAKS), text(sql.CLOSE_DAY))
_PEAKS, _KEPT_PEAKS = text(sql.PEAKS), text(sql.KEPT_PEAKS)
_GOODS, _DIFFERENCES = text(sql.GOODS), text(sql.DIFFERENCES)


class PostgresFigures:
    """Implements `Figures`. `zone` is the shop's; closed days of another zone are not counted."""

    def __init__(self, store: PostgresStore, zone: ZoneInfo) -> None:
        self._store = store
        self._zone = zone

    def now(self) -> datetime:
        with self._store.begin() as work:
            return work.now

    def sums(
        self,
        measures: Collection[Measure],
        window: Window,
        *,
        as_of: datetime,
        by: Span | None = None,
        around: bool = False,
    ) -> Sequence[Sum]:
        with self._look() as connection:
            terms = self._range(connection, as_of)
            told = Window(FIRST_DAY, LAST_DAY) if around else window
            if told.end <= terms["known"] and PROMPT.issuperset(measures):
                terms["b"] = terms["a"]  # nothing that was learned since can be about it
            rows = connection.execute(
                sums_statement(measures),
                {
                    **terms,
                    "measures": [measure.value for measure in measures],
                    "first": told.start,
                    "last": told.end,
                    "start": window.start,
                    "end": window.end,
                    "by": by.value if by else "window",
                },
            )
            return [Sum(row.start, Measure(row.measure), row.subject, row.amount) for row in rows]

    def peaks(self, window: Window, *, as_of: datetime) -> Mapping[tuple[int, date], int]:
        over = Window(window.start, min(window.end, local_day(as_of, self._zone)))
        with self._look() as connection:
            terms = {**self._range(connection, as_of), "start": over.start, "end": over.end}
            kept = connection.execute(_KEPT_PEAKS, terms).all()
            is_kept = over.end <= terms["known"]
            fresh = () if is_kept else connection.execute(_PEAKS, terms).all()
        return {
            (row.subject, row.day): row.peak
            for row in (*kept, *fresh)
            if row.day in over and row.peak > 0
        }

    def goods(self, *, as_of: datetime) -> Sequence[Good]:
        with self._look() as connection:
            return [_good(row) for row in connection.execute(_GOODS, {"b": as_of + _TICK})]

    def differences(
        self, window: Window, *, as_of: datetime, most: int = 100
    ) -> Sequence[Difference]:
        terms = {
            "from": midnight(window.start, self._zone),
            "to": midnight(window.end, self._zone),
            "b": as_of + _TICK,
            "most": most,
        }
        with self._look() as connection:
            return [
                Difference(
                    order_id=row.id,
                    number=row.number,
                    expected=row.expected,
                    recorded=row.recorded,
                )
                for row in connection.execute(_DIFFERENCES, terms)
            ]

    def summarise(self) -> int:
        closed = 0
        while closed < AT_ONCE and self._close_next():
            closed += 1
        return closed

    def start_over(self) -> None:
        with self._store.transaction() as (line, _):
            connection = line.connection
            connection.execute(_ALONE)
            connection.execute(delete(tables.figures_daily))
            connection.execute(delete(tables.figures_state))

    def _close_next(self) -> bool:
        """Sum up one day; whether there was one."""
        now = self.now()
        with self._store.transaction() as (line, _):
            connection = line.connection
            connection.execute(_ALONE)
            connection.execute(_PLAN_EACH)
            day = self._next_day(connection)
            if day is None or midnight(day + timedelta(days=1), self._zone) + SETTLED > now:
                return False
            terms = {
                "a": midnight(day, self._zone),
                "b": midnight(day + timedelta(days=1), self._zone),
                "known": day,
                "zone": self._zone.key,
            }
            for statement in _CLOSE:
                connection.execute(statement, terms)
            connection.execute(update(tables.figures_state).values(until=day + timedelta(days=1)))
            return True

    def _next_day(self, connection: Connection) -> date | None:
        """The first day that is not summed up. Those of another zone are forgotten."""
        until: date | None = connection.execute(
            _LATEST, {"zone": self._zone.key}
        ).scalar_one_or_none()
        if until is not None:
            return until
        first = connection.execute(_FIRST).scalar_one_or_none()
        if first is None:
            return None
        day = local_day(first, self._zone)
        connection.execute(delete(tables.figures_daily))
        connection.execute(delete(tables.figures_state))
        connection.execute(insert(tables.figures_state), {"zone": self._zone.key, "until": day})
        return day

    def _range(self, connection: Connection, as_of: datetime) -> dict[str, Any]:
        """Up to where closed days answer, and from when to when history must be read."""
        until = connection.execute(_LATEST, {"zone": self._zone.key}).scalar_one_or_none()
        known = min(until or FIRST_DAY, local_day(as_of, self._zone))
        return {
            "known": known,
            "a": midnight(known, self._zone),
            "b": as_of + _TICK,
            "zone": self._zone.key,
        }

    @contextmanager
    def _look(self) -> Iterator[Connection]:
        with self._store.transaction() as (line, _):
            line.connection.execute(_PLAN_EACH)
            yield line.connection


def sums_statement(measures: Collection[Measure]) -> TextClause:
    """The question for these measures; a test looks at its plan."""
    return text(sql.summed(measures))


def _good(row: Any) -> Good:
    return Good(
        variant_id=row.variant_id,
        product_id=row.product_id,
        product_name=row.product_name,
        label=", ".join(part for part in (row.size, row.shape) if part),
        sku=row.sku,
        on_sale=row.on_sale,
        price=row.price,
        cost=row.cost,
    )
