"""Figures a soap maker wants, and how they follow from sums. Definitions: docs/figures.md.

What can be added up is a `Measure`; everything else (rates, averages, what to make) is worked out
of sums here. Money is minor units of the shop's currency.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

VELOCITY_DAYS = 28
"""Full days that a variant's velocity looks back."""
PROMISE_DAYS = 14
"""The promise of an order that has none of its own."""
ABANDONED_AFTER_DAYS = 7
"""An attempt that came to nothing is abandoned unless the same cart is paid so soon after."""


class Measure(StrEnum):
    """What is summed, each at the day since when it counts. `subject` of a sum is 0 unless said."""

    ORDERS = "orders"
    GROSS = "gross"
    DISCOUNTS = "discounts"
    SHIPPING = "shipping"
    TAX = "tax"
    REFUNDS_GOODS = "refunds_goods"
    REFUNDS_SHIPPING = "refunds_shipping"
    REFUNDS_TAX = "refunds_tax"
    DISPUTES_LOST = "disputes_lost"
    """Money; on the day when the shop learned of it."""

    LINE_UNITS = "line_units"
    """By variant, as the four that follow."""
    LINE_GROSS = "line_gross"
    LINE_DISCOUNTS = "line_discounts"
    LINE_UNITS_BACK = "line_units_back"
    LINE_REFUNDS = "line_refunds"

    REFUNDED_ORDERS = "refunded_orders"
    """On the day of the sale, as the two that follow."""
    REFUNDED_VALUE = "refunded_value"
    DISPUTES = "disputes"

    DUE = "due"
    """Orders, on the day their promise falls due, as the two that follow."""
    ON_TIME = "on_time"
    DAYS_TO_SHIP = "days_to_ship"
    """Orders by whole days (subject) from payment to the post office."""

    STARTED = "started"
    """Attempts, on the day they started, as all that follow."""
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    MINUTES_TO_PAY = "minutes_to_pay"
    """Attempts by whole minutes (subject) from start to payment."""
    ABANDONED = "abandoned"
    ABANDONED_VALUE = "abandoned_value"

    RETURNING = "returning"
    """Orders of buyers who had bought before, on the day of the sale."""
    CUSTOMERS = "customers"
    """Buyers, on the day the shop learned of their first order."""
    REPEAT_CUSTOMERS = "repeat_customers"
    """The same, of their second one."""

    ON_HAND = "on_hand"
    """Pieces by variant that came or went, as the two that follow."""
    HELD = "held"
    LOST_DEMAND = "lost_demand"


Sums = Mapping[Measure, int]


def ratio(part: float, whole: float) -> float | None:
    """None where there is nothing to compare with."""
    return part / whole if whole else None


def percentile(spread: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least this share of all do not exceed (nearest rank), of how many
    there are by value. None of nothing."""
    rank = math.ceil(share * sum(spread.values()))
    reached = 0
    for value in sorted(spread):
        reached += spread[value]
        if spread[value] and reached >= rank:
            return value
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """What was sold in a period, and what went back in it."""

    orders: int
    gross_sales: int
    discounts: int
    refunds_goods: int
    refunds_shipping: int
    refunds_tax: int
    shipping: int
    tax: int
    disputes_lost: int

    @classmethod
    def of(cls, sums: Sums) -> Sales:
        return cls(
            orders=sums.get(Measure.ORDERS, 0),
            gross_sales=sums.get(Measure.GROSS, 0),
            discounts=sums.get(Measure.DISCOUNTS, 0),
            refunds_goods=sums.get(Measure.REFUNDS_GOODS, 0),
            refunds_shipping=sums.get(Measure.REFUNDS_SHIPPING, 0),
            refunds_tax=sums.get(Measure.REFUNDS_TAX, 0),
            shipping=sums.get(Measure.SHIPPING, 0),
            tax=sums.get(Measure.TAX, 0),
            disputes_lost=sums.get(Measure.DISPUTES_LOST, 0),
        )

    @property
    def net_sales(self) -> int:
        return self.gross_sales - self.discounts - self.refunds_goods

    @property
    def total_sales(self) -> int:
        return (
            self.net_sales + (self.shipping - self.refunds_shipping) + (self.tax - self.refunds_tax)
        )

    @property
    def average_order(self) -> float | None:
        """Before returns. None without orders."""
        return ratio(self.gross_sales - self.discounts, self.orders)

    @property
    def charged(self) -> int:
        return self.gross_sales - self.discounts + self.shipping + self.tax

    @property
    def refunds(self) -> int:
        return self.refunds_goods + self.refunds_shipping + self.refunds_tax

    @property
    def expected_net(self) -> int:
        """What the payment service should have for us, before its fees."""
        return self.charged - self.refunds - self.disputes_lost


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsSold:
    """What was sold of a product or variant, and what of it came back."""

    units_sold: int = 0
    units_refunded: int = 0
    gross_sales: int = 0
    discounts: int = 0
    refunds_goods: int = 0

    @classmethod
    def of(cls, sums: Sums) -> GoodsSold:
        return cls(
            units_sold=sums.get(Measure.LINE_UNITS, 0),
            units_refunded=sums.get(Measure.LINE_UNITS_BACK, 0),
            gross_sales=sums.get(Measure.LINE_GROSS, 0),
            discounts=sums.get(Measure.LINE_DISCOUNTS, 0),
            refunds_goods=sums.get(Measure.LINE_REFUNDS, 0),
        )

    def __add__(self, other: GoodsSold) -> GoodsSold:
        return GoodsSold(
            units_sold=self.units_sold + other.units_sold,
            units_refunded=self.units_refunded + other.units_refunded,
            gross_sales=self.gross_sales + other.gross_sales,
            discounts=self.discounts + other.discounts,
            refunds_goods=self.refunds_goods + other.refunds_goods,
        )

    @property
    def units_net(self) -> int:
        return self.units_sold - self.units_refunded

    @property
    def net_sales(self) -> int:
        return self.gross_sales - self.discounts - self.refunds_goods

    def sell_through(self, on_hand: int) -> float | None:
        """Of what could have been sold: sold pieces and those that are left at the end."""
        return ratio(self.units_sold, self.units_sold + on_hand)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a variant sells, and what follows from it."""

    units_net: int
    """In the last 28 full days."""
    in_stock_days: int
    """Those of them on which some could be had."""
    available: int

    @property
    def velocity(self) -> float:
        """Pieces a day, counting days on which some could be had."""
        return ratio(self.units_net, self.in_stock_days) or 0.0

    @property
    def plain_velocity(self) -> float:
        """Pieces a day, counting all days."""
        return self.units_net / VELOCITY_DAYS

    @property
    def days_of_cover(self) -> float | None:
        """None while it does not sell."""
        return self.available / self.velocity if self.velocity > 0 else None

    def to_make(self, *, days: int) -> int:
        """So that it lasts for so many days. The shop knows of no pieces that are in cure."""
        wanted = -(-self.units_net * days // self.in_stock_days) if self.in_stock_days else 0
        return max(0, wanted - self.available)


def days_with_stock(before: int, changes: Mapping[int, int], peaks: Mapping[int, int]) -> int:
    """Of the 28 days, those on which more than nothing was available at some time.

    `before` is what was available when the first began; by day from 0, `changes` are what was added
    to it, and `peaks` the most that there was, on days on which anything moved.
    """
    level, counted = before, 0
    for day in range(VELOCITY_DAYS):
        counted += max(level, peaks.get(day, level)) > 0
        level += changes.get(day, 0)
    return counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkouts:
    """How attempts to buy went, those that were begun in a period."""

    started: int
    paid: int
    failed: int
    expired: int
    abandoned: int
    abandoned_value: int
    minutes_to_pay: Mapping[int, int]
    """Attempts by whole minutes."""

    @property
    def open(self) -> int:
        """Not decided yet."""
        return self.started - self.paid - self.failed - self.expired

    @property
    def conversion(self) -> float | None:
        """Of those decided, the share that was paid."""
        return ratio(self.paid, self.started - self.open)

    @property
    def recovered(self) -> int:
        """Paid through a reminder of ours. The shop sends none, so that it is nothing."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How buyers were served: what went wrong with the orders of a period, and what was late."""

    orders: int
    charged: int
    refunded_orders: int
    refunded_value: int
    disputes: int
    due: int
    on_time: int
    days_to_ship: Mapping[int, int]
    """Orders by whole days."""

    @property
    def refund_rate(self) -> float | None:
        return ratio(self.refunded_orders, self.orders)

    @property
    def refund_value_rate(self) -> float | None:
        return ratio(self.refunded_value, self.charged)

    @property
    def dispute_rate(self) -> float | None:
        return ratio(self.disputes, self.orders)

    @property
    def on_time_rate(self) -> float | None:
        """Of the orders whose promise fell due in the period."""
        return ratio(self.on_time, self.due)
