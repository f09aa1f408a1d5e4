"""How figures follow from sums."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.figures import (
    Checkouts,
    GoodsSold,
    Measure,
    Pace,
    Sales,
    Service,
    days_with_stock,
    percentile,
    ratio,
)

SALES = Sales.of(
    {
        Measure.ORDERS: 4,
        Measure.GROSS: 10_000,
        Measure.DISCOUNTS: 500,
        Measure.REFUNDS_GOODS: 900,
        Measure.REFUNDS_SHIPPING: 300,
        Measure.REFUNDS_TAX: 80,
        Measure.SHIPPING: 1_500,
        Measure.TAX: 760,
        Measure.DISPUTES_LOST: 1_000,
    }
)


def test_net_sales_are_what_stayed_of_the_goods() -> None:
    assert SALES.net_sales == 10_000 - 500 - 900


def test_total_sales_are_net_sales_with_delivery_and_tax() -> None:
    assert SALES.total_sales == 8_600 + 1_200 + 680


def test_an_average_order_is_before_returns() -> None:
    assert SALES.average_order == 2_375
    assert Sales.of({}).average_order is None


def test_what_should_be_in_the_account() -> None:
    assert SALES.charged == 10_000 - 500 + 1_500 + 760
    assert SALES.expected_net == SALES.charged - 1_280 - 1_000


def test_goods_are_sold_and_given_back() -> None:
    sold = GoodsSold.of(
        {
            Measure.LINE_UNITS: 9,
            Measure.LINE_UNITS_BACK: 2,
            Measure.LINE_GROSS: 900,
            Measure.LINE_DISCOUNTS: 90,
            Measure.LINE_REFUNDS: 200,
        }
    )

    assert (sold.units_net, sold.net_sales) == (7, 610)
    assert (sold + sold).units_net == 14
    assert sold.sell_through(on_hand=3) == 0.75
    assert GoodsSold().sell_through(on_hand=0) is None


def test_a_share_of_nothing_is_none() -> None:
    assert ratio(3, 4) == 0.75
    assert ratio(0, 0) is None


@pytest.mark.parametrize(
    ("spread", "share", "value"),
    [
        ({}, 0.5, None),
        ({3: 0}, 0.5, None),
        ({3: 1}, 0.5, 3),
        ({1: 1, 9: 1}, 0.5, 1),
        ({1: 1, 9: 1}, 0.9, 9),
        ({5: 8, 1: 1, 7: 1}, 0.9, 5),
        ({5: 8, 1: 1, 7: 1}, 1.0, 7),
    ],
)
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(
    spread: dict[int, int], share: float, value: int | None
) -> None:
    assert percentile(spread, share) == value


@given(st.lists(st.integers(0, 40), min_size=1), st.sampled_from([0.5, 0.9]))
def test_a_percentile_is_one_of_the_values(values: list[int], share: float) -> None:
    found = percentile({value: values.count(value) for value in values}, share)

    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_pace_counts_days_on_which_some_could_be_had() -> None:
    pace = Pace(units_net=14, in_stock_days=7, available=10)

    assert (pace.velocity, pace.plain_velocity) == (2.0, 0.5)
    assert pace.days_of_cover == 5.0
    assert pace.to_make(days=21) == 2 * 21 - 10
    assert pace.to_make(days=3) == 0


def test_half_a_piece_is_a_piece_to_make() -> None:
    assert Pace(units_net=1, in_stock_days=28, available=0).to_make(days=21) == 1


def test_what_does_not_sell_lasts_for_ever() -> None:
    for pace in (
        Pace(units_net=0, in_stock_days=28, available=5),
        Pace(units_net=-1, in_stock_days=28, available=5),
        Pace(units_net=3, in_stock_days=0, available=5),
    ):
        assert pace.days_of_cover is None
        assert pace.to_make(days=100) == 0


def test_a_day_counts_when_some_could_be_had_at_any_time_of_it() -> None:
    assert days_with_stock(5, {}, {}) == 28
    assert days_with_stock(0, {}, {}) == 0
    assert days_with_stock(5, {3: -5}, {3: 5}) == 4
    assert days_with_stock(0, {27: 4}, {27: 4}) == 1
    assert days_with_stock(0, {9: 0}, {9: 7}) == 1


def test_checkouts_convert_once_they_are_decided() -> None:
    checkouts = Checkouts(
        started=10,
        paid=3,
        failed=1,
        expired=2,
        abandoned=1,
        abandoned_value=899,
        minutes_to_pay={},
    )

    assert (checkouts.open, checkouts.conversion, checkouts.recovered) == (4, 0.5, 0)
    undecided = replace(checkouts, paid=0, failed=0, expired=0)
    assert undecided.conversion is None


def test_service_is_told_in_shares() -> None:
    service = Service(
        orders=8,
        charged=2_000,
        refunded_orders=2,
        refunded_value=500,
        disputes=1,
        due=4,
        on_time=3,
        days_to_ship={},
    )

    assert (service.refund_rate, service.refund_value_rate) == (0.25, 0.25)
    assert (service.dispute_rate, service.on_time_rate) == (0.125, 0.75)
