"""What figures are summed from, and that keeping sums changes nothing.

That both ways of summing agree on any history: test_figures_agree.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from eterno.adapters.postgres.figures import PostgresFigures
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.orders.tell import tell
from eterno.application.ports.orders import Entry, LedgerEntry
from eterno.application.ports.store import Work
from eterno.domain.calendar import FIRST_DAY, Span, Window
from eterno.domain.catalog import Variant
from eterno.domain.errors import NotFound
from eterno.domain.figures import Measure
from eterno.domain.history import EventKind, facts_of_sale
from eterno.domain.inventory import Shortage
from eterno.domain.orders import Buyer, Order
from tests.builders import a_payment, add_product, place, put_on_sale, usd
from tests.contracts.conftest import Bench
from tests.contracts.histories import DENVER

EVER = Window(date(2020, 1, 1), date(2040, 1, 1))


def sold(work: Work, soap: Variant, number: int, *, email: str | None = None) -> Order:
    """A sale as figures see it: the order, its history, its money."""
    placed = place(work, (soap, 1)).know(Buyer(email=email) if email else None)
    payment = a_payment(placed, session_id=f"cs_{number}", intent_id=None, at=work.now)
    order = placed.pay(payment, number=number)
    work.orders.save(order)
    tell(work, order, EventKind.PAID, facts_of_sale(order))
    work.orders.record(
        LedgerEntry(
            order_id=order.id,
            amount=order.captured,
            reference=f"pi_{number}",
            at=work.now,
            kind=Entry.CAPTURE,
        )
    )
    return order


def total(bench: Bench, measure: Measure, *, as_of: datetime | None = None) -> int:
    sums = bench.figures.sums({measure}, EVER, as_of=as_of or bench.figures.now())
    return sum(one.amount for one in sums)


def test_movements_sum_to_what_stands_on_the_shelves(bench: Bench, soap: Variant) -> None:
    other = put_on_sale(bench.store, pieces=3)

    sums = bench.figures.sums({Measure.ON_HAND}, EVER, as_of=bench.figures.now())

    assert {one.subject: one.amount for one in sums} == {soap.id: 10, other.id: 3}


def test_a_period_begins_no_earlier_than_the_window(bench: Bench, soap: Variant) -> None:
    today = bench.figures.now().astimezone(DENVER).date()
    window = Window(today, today + timedelta(days=1))

    for by in Span:
        (one,) = bench.figures.sums({Measure.ON_HAND}, window, by=by, as_of=bench.figures.now())
        assert (one.start, one.amount) == (today, 10)
    assert not bench.figures.sums(
        {Measure.ON_HAND}, Window(today - timedelta(days=9), today), as_of=bench.figures.now()
    )


@pytest.mark.parametrize("by", [None, *Span])
def test_what_is_around_a_window_is_a_sum_before_it_and_one_after_it(
    bench: Bench, soap: Variant, by: Span | None
) -> None:
    today = bench.figures.now().astimezone(DENVER).date()
    week = timedelta(days=7)

    def starts(window: Window) -> list[date]:
        sums = bench.figures.sums(
            {Measure.ON_HAND}, window, by=by, as_of=bench.figures.now(), around=True
        )
        return [one.start for one in sums if one.amount == 10]

    assert starts(Window(today + week, today + 2 * week)) == [FIRST_DAY]
    assert starts(Window(today, today + week)) == [today]
    assert starts(Window(today - 2 * week, today - week)) == [today - week]


def test_goods_are_priced_as_they_were(bench: Bench, soap: Variant) -> None:
    before = bench.figures.now()
    bench.advance(timedelta(seconds=1))
    with bench.store.begin() as work:
        work.variants.save(replace(work.variants.hold(soap.id), price=usd("9.50")))
        work.costs.record(soap.id, 240, at=work.now, actor="rosa")
    between = bench.figures.now()
    bench.advance(timedelta(seconds=1))
    with bench.store.begin() as work:
        work.costs.record(soap.id, None, at=work.now, actor="rosa")

    told = [
        bench.figures.goods(as_of=moment)[0] for moment in (before, between, bench.figures.now())
    ]

    assert [(good.price, good.cost) for good in told] == [(899, None), (950, 240), (950, None)]
    assert (told[0].product_name, told[0].label, told[0].sku) == (
        "Oat & Honey",
        "100 g",
        soap.sku,
    )


def test_goods_that_are_not_sold_any_more_are_told_of(bench: Bench) -> None:
    shown = put_on_sale(bench.store)
    hidden = put_on_sale(bench.store, add_product(bench.store, "Mint", archived=True))
    gone = put_on_sale(bench.store, archived=True)

    goods = bench.figures.goods(as_of=bench.figures.now())

    assert [(good.variant_id, good.on_sale) for good in goods] == [
        (shown.id, True),
        (hidden.id, False),
        (gone.id, False),
    ]


def test_nobody_says_what_something_unknown_costs(bench: Bench) -> None:
    with pytest.raises(NotFound), bench.store.begin() as work:
        work.costs.record(99, 1, at=work.now, actor="rosa")


@pytest.mark.parametrize("pieces", [0, -1])
def test_what_is_missing_is_more_than_nothing(bench: Bench, soap: Variant, pieces: int) -> None:
    with pytest.raises(bench.broken_rule), bench.store.begin() as work:
        work.demand.refuse([Shortage(soap.id, pieces, 0)], cart="this", at=work.now)


def test_what_is_missing_counts_once_a_day_for_a_cart(bench: Bench, soap: Variant) -> None:
    for cart in ("this", "this", "that"):
        with bench.store.begin() as work:
            work.demand.refuse([Shortage(soap.id, 5, 2)], cart=cart, at=work.now)

    assert total(bench, Measure.LOST_DEMAND) == 6


def test_a_buyer_is_known_again_by_her_address(bench: Bench, soap: Variant) -> None:
    for number, email in enumerate(("ada@example.org", " ADA@Example.org ", None), 1001):
        bench.advance(timedelta(minutes=1))
        with bench.store.begin() as work:
            sold(work, soap, number, email=email)

    measures = (Measure.ORDERS, Measure.CUSTOMERS, Measure.REPEAT_CUSTOMERS, Measure.RETURNING)
    assert [total(bench, measure) for measure in measures] == [3, 1, 1, 1]


def test_figures_stay_when_a_buyer_is_forgotten(bench: Bench, soap: Variant) -> None:
    bought = []
    for number in (1001, 1002):
        bench.advance(timedelta(minutes=1))
        with bench.store.begin() as work:
            bought.append(sold(work, soap, number, email="ada@example.org"))
    with bench.store.begin() as work:
        work.orders.save(replace(work.orders.hold(bought[1].id), buyer=None))

    assert (total(bench, Measure.CUSTOMERS), total(bench, Measure.REPEAT_CUSTOMERS)) == (1, 1)


def test_orders_that_do_not_add_up_are_told_of(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        sold(work, soap, 1002)
        for number in (1003, 1001):
            order = place(work, (soap, 1))
            paid = order.pay(
                a_payment(order, session_id=f"cs_{number}", intent_id=None, at=work.now),
                number=number,
            )
            work.orders.save(paid)
            tell(work, paid, EventKind.PAID, facts_of_sale(paid))
    now = bench.figures.now()
    today = now.astimezone(DENVER).date()
    window = Window(today, today + timedelta(days=1))

    found = bench.figures.differences(window, as_of=now)

    assert [(one.number, one.expected, one.recorded) for one in found] == [
        (1001, 899, 0),
        (1003, 899, 0),
    ]
    assert len(bench.figures.differences(window, as_of=now, most=1)) == 1
    earlier = Window(today - timedelta(days=7), today)
    assert bench.figures.differences(earlier, as_of=now) == []


def test_days_that_are_over_are_summed_up_once(bench: Bench, soap: Variant) -> None:
    with bench.store.begin() as work:
        sold(work, soap, 1001, email="ada@example.org")
    bench.advance(timedelta(days=3))
    before = [total(bench, measure) for measure in Measure]

    bench.figures.summarise()

    assert bench.figures.summarise() == 0
    assert [total(bench, measure) for measure in Measure] == before
    bench.figures.start_over()
    assert [total(bench, measure) for measure in Measure] == before


# What only PostgreSQL keeps


@pytest.fixture
def real(database_uri: str) -> PostgresStore:
    return PostgresStore(database_uri, ahead=lambda: timedelta(days=5))


def test_what_was_kept_for_one_zone_is_not_told_in_another(real: PostgresStore) -> None:
    put_on_sale(real)
    denver, auckland = (
        PostgresFigures(real, zone) for zone in (DENVER, ZoneInfo("Pacific/Auckland"))
    )
    with real.begin() as work:
        at = work.now - timedelta(days=4)
        work.demand.refuse([Shortage(1, 2, 0)], cart="this", at=at)

    def days(figures: PostgresFigures) -> set[date]:
        sums = figures.sums({Measure.LOST_DEMAND}, EVER, by=Span.DAY, as_of=figures.now())
        return {one.start for one in sums}

    assert denver.summarise() >= 3
    assert days(denver) == {at.astimezone(DENVER).date()}
    assert days(auckland) == {at.astimezone(ZoneInfo("Pacific/Auckland")).date()}
    assert auckland.summarise() >= 3
    assert days(auckland) == {at.astimezone(ZoneInfo("Pacific/Auckland")).date()}
    assert days(denver) == {at.astimezone(DENVER).date()}
    real.close()


def test_nothing_is_summed_up_where_nothing_happened(database_uri: str) -> None:
    store = PostgresStore(database_uri)

    assert PostgresFigures(store, DENVER).summarise() == 0
    store.close()


def test_a_buyer_who_is_forgotten_leaves_a_number_that_means_nobody(real: PostgresStore) -> None:
    soap = put_on_sale(real)
    with real.begin() as work:
        order = sold(work, soap, 1001, email="ada@example.org")
    with real.begin() as work:
        work.orders.save(replace(work.orders.hold(order.id), buyer=None))

    with real.look() as connection:
        kept = connection.execute(
            text("SELECT c.email_hash FROM customers c JOIN orders o ON o.customer_id = c.id")
        )
        assert [row.email_hash for row in kept] == [None]
    real.close()


@pytest.mark.parametrize("table", ["variant_prices", "variant_costs", "refused_demand"])
def test_what_figures_are_summed_from_is_never_altered(real: PostgresStore, table: str) -> None:
    with pytest.raises(Exception, match="append-only"), real.engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET variant_id = variant_id"))  # noqa: S608
    real.close()


def test_the_database_lives_its_days_where_python_does(real: PostgresStore) -> None:
    moments = [datetime(2026, month, 1, 6, 30, tzinfo=UTC) for month in range(1, 13)]
    moments += [datetime(2026, 3, 8, 9, tzinfo=UTC), datetime(2026, 11, 1, 7, 59, tzinfo=UTC)]
    with real.look() as connection:
        for zone in ("America/Denver", "Asia/Kathmandu", "Africa/Cairo", "America/Havana"):
            for moment in moments:
                day = connection.execute(
                    text("SELECT (CAST(:at AS timestamptz) AT TIME ZONE :zone)::date"),
                    {"at": moment, "zone": zone},
                ).scalar_one()
                assert day == moment.astimezone(ZoneInfo(zone)).date()
    real.close()
