"""The two ways of computing figures agree on any history, as known at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eterno.adapters.memory.figures import MemoryFigures
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.postgres.figures import PostgresFigures
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.figures import Figures
from eterno.domain.calendar import Span, Window
from eterno.domain.figures import Measure
from tests.contracts.histories import BEGIN, DAYS, DENVER, draw, shelves
from tests.support.clock import FixedClock
from tests.support.databases import DatabaseServer

ALL = Window(date(2026, 2, 1), date(2026, 5, 1))
LATER = datetime(2026, 9, 1, tzinfo=UTC)
SLOW = settings(max_examples=8, suppress_health_check=list(HealthCheck))


def told(
    figures: Figures,
    as_of: datetime,
    by: Span | None = None,
    window: Window = ALL,
    *,
    around: bool = False,
) -> dict[tuple[date, Measure, int], int]:
    sums = figures.sums(frozenset(Measure), window, as_of=as_of, by=by, around=around)
    assert all(one.amount for one in sums)
    return {(one.start, one.measure, one.subject): one.amount for one in sums}


@contextmanager
def on_postgres(server: DatabaseServer, template: str, now: datetime) -> Iterator[PostgresStore]:
    """A store of its own, whose clock says `now`."""
    ahead = now - datetime.now(UTC)
    with server.database(template) as uri:
        store = PostgresStore(uri, connections=2, ahead=lambda: ahead)
        yield store
        store.close()


moments = st.integers(0, (DAYS + 12) * 24 * 60).map(lambda n: BEGIN + timedelta(minutes=n))


@SLOW
@given(
    random=st.randoms(use_true_random=False),
    now=moments,
    as_of=moments,
    by=st.sampled_from([None, *Span]),
)
def test_both_tell_the_same_whatever_was_summed_up_before(
    database_server: DatabaseServer,
    migrated_template: str,
    random: Random,
    now: datetime,
    as_of: datetime,
    by: Span | None,
) -> None:
    memory = MemoryStore(FixedClock(LATER))
    history = draw(random, shelves(memory))
    history.write(memory)
    fake = MemoryFigures(memory, DENVER)
    with on_postgres(database_server, migrated_template, now) as store:
        shelves(store)
        history.write(store)
        real = PostgresFigures(store, DENVER)
        before = told(real, as_of, by)
        closed = real.summarise()

        assert before == told(fake, as_of, by)
        assert closed <= (now - BEGIN).days + 1
        for moment in (as_of, now, LATER):
            assert told(real, moment, by) == told(fake, moment, by)
            assert real.peaks(ALL, as_of=moment) == fake.peaks(ALL, as_of=moment)
        part = Window(date(2026, 3, 4), date(2026, 3, 11))
        for around in (False, True):
            assert told(real, as_of, by, part, around=around) == told(
                fake, as_of, by, part, around=around
            )


@settings(max_examples=60)
@given(random=st.randoms(use_true_random=False), as_of=moments)
def test_what_was_known_then_is_what_the_history_cut_there_tells(
    random: Random, as_of: datetime
) -> None:
    whole, cut = MemoryStore(FixedClock(LATER)), MemoryStore(FixedClock(LATER))
    history = draw(random, shelves(whole), most=8)
    shelves(cut)
    history.write(whole)
    history.write(cut, until=as_of)

    assert told(MemoryFigures(whole, DENVER), as_of) == told(MemoryFigures(cut, DENVER), LATER)


@settings(max_examples=60)
@given(random=st.randoms(use_true_random=False), as_of=moments)
def test_the_parts_add_up(random: Random, as_of: datetime) -> None:
    store = MemoryStore(FixedClock(LATER))
    draw(random, shelves(store)).write(store)
    figures = MemoryFigures(store, DENVER)
    sums = told(figures, as_of)

    def total(measure: Measure) -> int:
        return sum(amount for (_, told, _), amount in sums.items() if told is measure)

    assert total(Measure.LINE_GROSS) == total(Measure.GROSS)
    assert total(Measure.LINE_DISCOUNTS) == total(Measure.DISCOUNTS)
    assert total(Measure.LINE_REFUNDS) == total(Measure.REFUNDS_GOODS)
    refunds = (Measure.REFUNDS_GOODS, Measure.REFUNDS_SHIPPING, Measure.REFUNDS_TAX)
    assert sum(total(measure) for measure in refunds) == total(Measure.REFUNDED_VALUE)
    charged = total(Measure.GROSS) - total(Measure.DISCOUNTS)
    charged += total(Measure.SHIPPING) + total(Measure.TAX)
    assert total(Measure.REFUNDED_VALUE) <= charged
    assert total(Measure.ORDERS) <= total(Measure.DUE) + 12
    decided = (Measure.PAID, Measure.FAILED, Measure.EXPIRED)
    assert sum(total(measure) for measure in decided) <= total(Measure.STARTED)
    for by in Span:
        periods = told(figures, as_of, by)
        for measure in Measure:
            cut = sum(amount for (_, told, _), amount in periods.items() if told is measure)
            assert cut == total(measure)
