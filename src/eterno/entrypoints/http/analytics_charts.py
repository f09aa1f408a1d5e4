"""The three charts of the SPA, in the shapes that it reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from eterno.application.analytics.rank_goods import RankedGoods
from eterno.application.analytics.tell_sales import SalesReport
from eterno.application.analytics.view_stock import StockReport
from eterno.domain.calendar import MONTHS
from eterno.entrypoints.http.analytics_wire import Amount


class MonthOut(Struct, frozen=True):
    """A month, as the SPA's chart reads it."""

    month: Annotated[str, Meta(examples=["January"])]
    totalOrders: int  # the SPA's name
    revenue: Annotated[float, Meta(description="Net sales.")]


class TopProductOut(Struct, frozen=True):
    productName: str
    unitsSold: Annotated[int, Meta(description="Sold and not given back.")]


class TopProductsOut(Struct, frozen=True):
    """The best sellers, as the SPA's chart reads them."""

    topProducts: list[TopProductOut]


class ProductStockOut(Struct, frozen=True):
    productId: int
    productName: str
    stock: Annotated[int, Meta(description="What can be sold now.")]


class InventoryOut(Struct, frozen=True):
    """What there is of each product, as the SPA's chart reads it."""

    inventory: list[ProductStockOut]


def months_out(report: SalesReport, amount: Amount) -> list[MonthOut]:
    return [
        MonthOut(MONTHS[period.start.month - 1], sales.orders, amount(sales.net_sales))
        for period, sales in report.periods
    ]


def top_products_out(goods: Iterable[RankedGoods]) -> TopProductsOut:
    return TopProductsOut([TopProductOut(one.name, one.sold.units_net) for one in goods])


def inventory_then_out(report: StockReport) -> InventoryOut:
    """Of products that are in the shop now."""
    names, stock = dict[int, str](), Counter[int]()
    for line in report.lines:
        if line.good.on_sale:
            names[line.good.product_id] = line.good.product_name
            stock[line.good.product_id] += line.available
    return InventoryOut([ProductStockOut(id, names[id], stock[id]) for id in sorted(names)])
