"""Goods and stock in figures, on the wire. Definitions: docs/figures.md."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from eterno.application.analytics.rank_goods import RankedGoods
from eterno.application.analytics.view_stock import StockLine, StockReport
from eterno.domain.money import Currency
from eterno.entrypoints.http.analytics_wire import Amount, Rate, amounts_in
from eterno.entrypoints.http.wire import Price


class GoodsOut(Struct, frozen=True, kw_only=True):
    """A product or a variant in a window."""

    id: int
    product_id: int
    name: str
    units_sold: int
    units_refunded: int
    units_net: int
    gross_sales: Price
    discounts: Price
    refunds_goods: Price
    net_sales: Price
    on_hand: Annotated[int, Meta(description="At the end of the window.")]
    sell_through: Rate
    lost_demand: Annotated[int, Meta(description="Pieces wanted that were not there.")]


class GoodsReportOut(Struct, frozen=True):
    """The best first."""

    currency: str
    goods: list[GoodsOut]


class StockLineOut(Struct, frozen=True, kw_only=True):
    """A variant on its shelf."""

    variant_id: int
    product_id: int
    name: str
    sku: str
    on_hand: int
    held: int
    available: int
    price: Price
    unit_cost: Annotated[float | None, Meta(description="Null where nobody has said.")]
    units_net: Annotated[int, Meta(description="In the last 28 full days.")]
    in_stock_days: Annotated[int, Meta(description="Of those 28.")]
    velocity: Annotated[float, Meta(description="Pieces per day on which some could be had.")]
    plain_velocity: Annotated[float, Meta(description="Pieces per day, all 28 counted.")]
    days_of_cover: float | None
    make: Annotated[int, Meta(description="So many more will be needed.")]


class StockReportOut(Struct, frozen=True, kw_only=True):
    """The shelves at a moment."""

    as_of: datetime
    currency: str
    retail_value: Price
    cost_value: Annotated[float, Meta(description="Of the pieces of which the cost is known.")]
    uncosted_units: int
    lines: list[StockLineOut]


def goods_report_out(goods: Iterable[RankedGoods], currency: Currency) -> GoodsReportOut:
    amount = amounts_in(currency)
    return GoodsReportOut(
        currency.code,
        [
            GoodsOut(
                id=one.id,
                product_id=one.product_id,
                name=one.name,
                units_sold=one.sold.units_sold,
                units_refunded=one.sold.units_refunded,
                units_net=one.sold.units_net,
                gross_sales=amount(one.sold.gross_sales),
                discounts=amount(one.sold.discounts),
                refunds_goods=amount(one.sold.refunds_goods),
                net_sales=amount(one.sold.net_sales),
                on_hand=one.on_hand,
                sell_through=one.sell_through,
                lost_demand=one.lost_demand,
            )
            for one in goods
        ],
    )


def stock_report_out(report: StockReport, currency: Currency) -> StockReportOut:
    amount = amounts_in(currency)
    return StockReportOut(
        as_of=report.as_of,
        currency=currency.code,
        retail_value=amount(report.retail_value),
        cost_value=amount(report.cost_value),
        uncosted_units=report.uncosted_units,
        lines=[_stock_line(line, amount) for line in report.lines],
    )


def _stock_line(line: StockLine, amount: Amount) -> StockLineOut:
    good, pace = line.good, line.pace
    return StockLineOut(
        variant_id=good.variant_id,
        product_id=good.product_id,
        name=f"{good.product_name}, {good.label}",
        sku=good.sku,
        on_hand=line.on_hand,
        held=line.held,
        available=line.available,
        price=amount(good.price),
        unit_cost=None if good.cost is None else amount(good.cost),
        units_net=pace.units_net,
        in_stock_days=pace.in_stock_days,
        velocity=pace.velocity,
        plain_velocity=pace.plain_velocity,
        days_of_cover=pace.days_of_cover,
        make=line.to_make,
    )
