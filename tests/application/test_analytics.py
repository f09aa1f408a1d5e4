"""Figures of a small shop, by the stories that make them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from eterno.adapters.memory.figures import MemoryFigures
from eterno.adapters.memory.payments import Trouble
from eterno.application.analytics.compare_cash import CompareCash
from eterno.application.analytics.question import Question
from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.set_unit_cost import SetUnitCost
from eterno.application.analytics.tell_checkouts import TellCheckouts
from eterno.application.analytics.tell_customers import TellCustomers
from eterno.application.analytics.tell_sales import TellSales
from eterno.application.analytics.tell_service import TellService
from eterno.application.analytics.view_stock import StockLine, ViewStock
from eterno.application.analytics.weekly import TellWeek, TopSeller
from eterno.application.orders.place_manual_order import ManualSale
from eterno.application.orders.ship_order import Shipment
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.audit import Actor
from eterno.domain.calendar import Span, Window
from eterno.domain.catalog import Variant
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.figures import Sales
from eterno.domain.inventory import OutOfStock
from eterno.domain.orders import Buyer
from eterno.domain.refunds import RefundWish
from tests.application.shop import Shop
from tests.builders import USD, add_admin, add_product, put_on_sale, usd
from tests.contracts.histories import DENVER

MARCH = Window(date(2026, 3, 1), date(2026, 4, 1))
QUESTION = Question(window=MARCH)


@pytest.fixture
def figures(shop: Shop) -> MemoryFigures:
    return MemoryFigures(shop.store, DENVER)


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


def buy(shop: Shop, *wanted: tuple[Variant, int]) -> None:
    """Somebody checks out and pays."""
    shop.checkout(*wanted)
    shop.hear(shop.payments.pay(shop.orders[-1].session_id or ""))


def give_back(shop: Shop, rosa: Actor, wish: RefundWish) -> None:
    """Of the last order."""
    shop.refund_order(rosa, shop.orders[-1].id, wish)
    while shop.deliver():
        pass


def test_sales_and_refunds_count_in_their_own_periods(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    buy(shop, (soap, 2))
    shop.wait(days=3)
    give_back(shop, rosa, RefundWish(amount=usd("8.99")))

    told = TellSales(figures)(Question(window=MARCH, by=Span.DAY))

    assert [period.start.day for period, _ in told.periods] == list(range(1, 32))
    sold, returned = told.periods[0][1], told.periods[3][1]
    assert (sold.orders, sold.net_sales, sold.refunds) == (1, 1798, 0)
    assert (returned.orders, returned.net_sales, returned.refunds) == (0, -899, 899)
    assert told.total.net_sales == 899
    assert told.periods[1][1] == Sales.of({})


def test_what_was_not_known_yet_does_not_count(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    buy(shop, (soap, 2))
    then = shop.clock.now()
    shop.wait(days=3)
    give_back(shop, rosa, RefundWish(amount=usd("8.99")))

    told = TellSales(figures)(Question(window=MARCH, as_of=then))

    assert told.total.net_sales == 1798


def test_the_future_is_not_known(shop: Shop, figures: MemoryFigures) -> None:
    later = shop.clock.now() + timedelta(seconds=1)

    with pytest.raises(Invalid, match="as_of: not in the future"):
        TellSales(figures)(Question(window=MARCH, as_of=later))


def test_too_many_periods_are_refused(figures: MemoryFigures) -> None:
    window = Window(date(2024, 1, 1), date(2026, 1, 1))

    with pytest.raises(Invalid):
        TellSales(figures)(Question(window=window, by=Span.DAY))


def test_goods_are_ranked_by_pieces_that_stayed_sold(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    large = put_on_sale(shop.store, size="500 g", price="31.00")
    mint = put_on_sale(shop.store, add_product(shop.store, "Mint"), price="7.00")
    put_on_sale(shop.store, add_product(shop.store, "Nobody's"))
    buy(shop, (large, 3), (mint, 3))
    buy(shop, (soap, 4))
    give_back(shop, rosa, RefundWish(pieces={soap.id: 2}))

    ranked = RankGoods(figures)(QUESTION, variants=True)

    assert [(one.id, one.sold.units_net) for one in ranked] == [
        (large.id, 3),
        (mint.id, 3),
        (soap.id, 2),
    ]
    assert ranked[0].name == "Oat & Honey, 500 g"
    assert ranked[0].sell_through == 0.3
    assert [one.id for one in RankGoods(figures)(QUESTION, most=1)] == [large.product_id]
    total = TellSales(figures)(QUESTION).total
    assert sum(one.sold.net_sales for one in RankGoods(figures)(QUESTION)) == total.net_sales


def test_a_product_is_its_variants_together(shop: Shop, figures: MemoryFigures) -> None:
    product = add_product(shop.store)
    small, large = (put_on_sale(shop.store, product, size=size) for size in ("50 g", "500 g"))
    buy(shop, (small, 1), (large, 2))

    (one,) = RankGoods(figures)(QUESTION)

    assert (one.id, one.name, one.sold.units_sold, one.on_hand) == (
        product.id,
        "Oat & Honey",
        3,
        17,
    )


def test_what_was_wanted_and_not_there_is_remembered(
    shop: Shop, figures: MemoryFigures, soap: Variant
) -> None:
    for client in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        with pytest.raises(OutOfStock):
            shop.checkout((soap, 12), client=client)
    shop.wait(days=1)
    with pytest.raises(OutOfStock):
        shop.checkout((soap, 12))

    (one,) = RankGoods(figures)(QUESTION)

    assert (one.lost_demand, one.sold.units_sold) == (3 * 2, 0)


def stock_of(report: ViewStock, variant: Variant) -> StockLine:
    return next(line for line in report().lines if line.good.variant_id == variant.id)


def test_the_shelves_are_told_with_their_pace(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    gone = put_on_sale(shop.store, archived=True, pieces=0)
    old = put_on_sale(shop.store, archived=True, pieces=4)
    buy(shop, (soap, 4))
    give_back(shop, rosa, RefundWish(pieces={soap.id: 1}))
    shop.wait(days=5)
    shop.checkout((soap, 2))
    view = ViewStock(figures, DENVER)

    line = stock_of(view, soap)

    assert (line.on_hand, line.held, line.available) == (6, 2, 4)
    assert (line.pace.units_net, line.pace.in_stock_days) == (3, 5)
    assert line.to_make == 9  # three in five days, for three weeks, less four
    assert stock_of(view, old).to_make == 0
    assert gone.id not in {one.good.variant_id for one in view().lines}


def test_what_stands_there_for_long_counts_on_all_days(
    shop: Shop, figures: MemoryFigures, soap: Variant
) -> None:
    shop.wait(days=60)
    buy(shop, (soap, 7))
    shop.wait(days=1)

    line = stock_of(ViewStock(figures, DENVER), soap)

    assert (line.on_hand, line.pace.in_stock_days, line.pace.plain_velocity) == (3, 28, 0.25)


def test_stock_is_worth_what_it_would_sell_for_and_what_it_cost(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    other = put_on_sale(shop.store, price="5.00", pieces=3)
    set_cost = SetUnitCost(shop.store)
    before = shop.clock.now()
    shop.wait(minutes=1)
    set_cost(rosa, soap.id, usd("2.50"))
    view = ViewStock(figures, DENVER)

    report = view()
    assert report.retail_value == 10 * 899 + 3 * 500
    assert (report.cost_value, report.uncosted_units) == (2_500, 3)
    assert view(as_of=before).uncosted_units == 13
    set_cost(rosa, soap.id, None)
    assert view().uncosted_units == 13
    assert other.price == usd("5.00")
    assert [entry.action for entry in shop.store.tables.audit] == ["set cost", "set cost"]


def test_a_cost_is_for_something_that_exists_and_not_below_nothing(
    shop: Shop, rosa: Actor, soap: Variant
) -> None:
    with pytest.raises(NotFound):
        SetUnitCost(shop.store)(rosa, 99, usd("1.00"))
    with pytest.raises(Invalid):
        SetUnitCost(shop.store)(rosa, soap.id, usd("-1.00"))
    assert shop.store.tables.costs == []


@pytest.mark.parametrize(("lead", "safety"), [(-1, 7), (14, 366)])
def test_making_takes_some_days_but_not_years(
    figures: MemoryFigures, lead: int, safety: int
) -> None:
    with pytest.raises(Invalid):
        ViewStock(figures, DENVER)(lead_days=lead, safety_days=safety)


def test_checkouts_are_followed_to_their_end(
    shop: Shop, figures: MemoryFigures, soap: Variant
) -> None:
    buy(shop, (soap, 1))
    shop.checkout((soap, 2))
    shop.wait(minutes=32)
    shop.release_expired()
    shop.checkout((soap, 1))

    total = TellCheckouts(figures)(QUESTION).total

    assert (total.started, total.paid, total.expired, total.open) == (3, 1, 1, 1)
    assert (total.conversion, total.abandoned, total.abandoned_value) == (0.5, 1, 1798)
    ((_, told),) = TellCheckouts(figures)(Question(window=MARCH)).periods
    assert told == total


def test_an_attempt_whose_page_never_opened_was_none(
    shop: Shop, figures: MemoryFigures, soap: Variant
) -> None:
    shop.payments.trouble = Trouble.SILENT_BEFORE
    with pytest.raises(PaymentsUnavailable):
        shop.checkout((soap, 1))

    assert TellCheckouts(figures)(QUESTION).total.started == 0


def test_who_comes_back_is_known_by_her_address(shop: Shop, figures: MemoryFigures) -> None:
    soap = put_on_sale(shop.store)
    for email in ("ada@example.org", " ADA@example.org ", "luz@example.org"):
        shop.checkout((soap, 1))
        order = shop.orders[-1]
        with shop.store.begin() as work:
            work.orders.save(work.orders.hold(order.id).know(Buyer(email=email)))
        shop.hear(shop.payments.pay(order.session_id or ""))
        shop.wait(days=1)

    told = TellCustomers(figures)(QUESTION)

    assert (told.total.orders, told.total.returning, told.total.returning_share) == (3, 1, 1 / 3)
    assert (told.customers, told.repeat_customers, told.repeat_rate) == (2, 1, 0.5)


def test_service_is_told_where_the_order_was_paid_and_where_it_was_due(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    buy(shop, (soap, 2))
    shop.wait(days=3)
    shop.ship_order(rosa, shop.orders[-1].id, Shipment(carrier="USPS"))
    give_back(shop, rosa, RefundWish(amount=usd("8.99")))
    buy(shop, (soap, 1))

    told = TellService(figures)(Question(window=MARCH, by=Span.MONTH))

    assert told.total.refund_rate == 0.5
    assert told.total.refund_value_rate == pytest.approx(899 / 2697)
    assert (told.total.due, told.total.on_time, dict(told.total.days_to_ship)) == (2, 1, {3: 1})
    assert told.periods[0][1] == told.total


def test_cash_adds_up_and_an_order_that_does_not_is_named(
    shop: Shop, figures: MemoryFigures, soap: Variant
) -> None:
    buy(shop, (soap, 2))
    buy(shop, (soap, 1))
    assert CompareCash(figures)(QUESTION).differences == []
    entry = shop.store.tables.money.pop()

    told = CompareCash(figures)(QUESTION)

    assert (told.sales.charged, told.sales.expected_net) == (2697, 2697)
    (difference,) = told.differences
    assert (difference.order_id, difference.expected, difference.recorded) == (
        entry.order_id,
        899,
        0,
    )
    shop.store.tables.money.append(entry)


def test_orders_are_compared_for_a_month_at_most(figures: MemoryFigures) -> None:
    with pytest.raises(Invalid, match="at most 31 days"):
        CompareCash(figures)(Question(window=Window(date(2026, 1, 1), date(2026, 3, 1))))


def test_the_week_that_is_over_is_told(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    tell_week = TellWeek(figures, DENVER, USD)
    buy(shop, (soap, 1))  # Sunday, the first of March
    shop.wait(days=2)
    buy(shop, (soap, 4))
    shop.wait(days=6)

    week = tell_week(shop.clock.now())

    assert (week.first_day, week.last_day) == (date(2026, 3, 2), date(2026, 3, 8))
    assert (week.orders, week.orders_before) == (1, 1)
    assert (week.net_sales, week.net_sales_before, week.average_order) == (3596, 899, 3596)
    assert week.top_sellers == (TopSeller(name="Oat & Honey", units=4, net_sales=3596),)
    assert week.to_make == (("Oat & Honey, 100 g", 9),)
    assert (week.started, week.conversion, week.late, week.units_sold) == (1, 1.0, 0, 4)


def test_a_week_without_orders_has_no_average(shop: Shop, figures: MemoryFigures) -> None:
    week = TellWeek(figures, DENVER, USD)(datetime(2026, 2, 11, tzinfo=UTC))

    assert (week.orders, week.average_order, week.conversion, week.top_sellers) == (
        0,
        None,
        None,
        (),
    )


def test_what_is_sold_by_hand_is_a_sale_but_no_checkout(
    shop: Shop, figures: MemoryFigures, rosa: Actor, soap: Variant
) -> None:
    shop.place_manual_order(rosa, ManualSale(pieces={soap.id: 2}, discount=usd("0.98")))

    assert TellSales(figures)(QUESTION).total.net_sales == 1700
    assert TellCheckouts(figures)(QUESTION).total.started == 0
    assert Decimal(TellSales(figures)(QUESTION).total.average_order or 0) == 1700
