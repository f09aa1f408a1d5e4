"""Figures, for admins: what was sold, what it needs, and how it went.

Days, weeks and months are those of SHOP_TIMEZONE. Every figure can be asked as it was known at a
past moment. Definitions: docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any

from litestar import Response, get, put
from litestar.di import Provide
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from eterno.application.analytics.compare_cash import CompareCash
from eterno.application.analytics.question import Question, known_at
from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.set_unit_cost import SetUnitCost
from eterno.application.analytics.tell_checkouts import TellCheckouts
from eterno.application.analytics.tell_customers import TellCustomers
from eterno.application.analytics.tell_sales import TellSales
from eterno.application.analytics.tell_service import TellService
from eterno.application.analytics.view_stock import ViewStock
from eterno.application.ports.views import ShopWindow
from eterno.domain.audit import Actor
from eterno.domain.calendar import Span, local_day
from eterno.domain.money import Currency, Money
from eterno.entrypoints.http.analytics_charts import (
    InventoryOut,
    MonthOut,
    ProductStockOut,
    TopProductsOut,
    inventory_then_out,
    months_out,
    top_products_out,
)
from eterno.entrypoints.http.analytics_goods import (
    GoodsOut,
    GoodsReportOut,
    StockReportOut,
    goods_report_out,
    stock_report_out,
)
from eterno.entrypoints.http.analytics_query import (
    AsOf,
    Since,
    Source,
    Until,
    Zone,
    day_of,
    moment_of,
    question_by,
    question_of,
    year_of,
)
from eterno.entrypoints.http.analytics_wire import (
    CashOut,
    CheckoutReportOut,
    CustomerReportOut,
    SalesPeriodOut,
    SalesReportOut,
    ServiceReportOut,
    amounts_in,
    cash_out,
    checkout_report_out,
    customer_report_out,
    sales_report_out,
    service_report_out,
)
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.order_page import NOT_STORED
from eterno.entrypoints.http.paths import PathId, number
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.http.wire import Price
from eterno.entrypoints.settings import Settings
from eterno.entrypoints.spreadsheet import csv_text

MOST_GOODS = 1_000

Level = FromQuery[
    Annotated[bool, QueryParameter(description="Variants one by one instead of products.")]
]
Most = FromQuery[Annotated[str, QueryParameter(description=f"1 to {MOST_GOODS}.")]]


def currency_of(settings: Given[Settings]) -> Currency:
    """In which the shop counts."""
    return Currency(settings.currency)


def _asked(question: Callable[..., Question]) -> dict[str, Any]:
    """What is said of a route that is asked such questions."""
    given = {"question": Provide(question, sync_to_thread=True), **_ABOUT["dependencies"]}
    return {**_ABOUT, "dependencies": given}


_CURRENCY = {"currency": Provide(currency_of, sync_to_thread=False)}
_ABOUT: dict[str, Any] = {
    "tags": ["Figures"],
    "sync_to_thread": True,
    "response_headers": NOT_STORED,
    "dependencies": _CURRENCY,
}
_OF_DAYS = _asked(question_of)
_BY_DAY, _BY_MONTH = (_asked(question_by(span)) for span in (Span.DAY, Span.MONTH))


class UnitCostIn(Struct, forbid_unknown_fields=True):
    """What a piece costs to make."""

    unit_cost: Annotated[
        Price | None, Meta(description="In the shop's currency; null: not known.", examples=[2.4])
    ]


@get("/analytics/revenue", summary="Revenue by month", **_ABOUT)
def show_revenue(
    figures: Source,
    zone: Zone,
    tell_sales: Given[TellSales],
    currency: Given[Currency],
    year: FromQuery[
        Annotated[str, QueryParameter(description="Such as 2026; without it, this year.")]
    ] = "",
    as_of: AsOf = "",
) -> list[MonthOut]:
    """The twelve months of a year, as the SPA's chart reads them. Revenue is net sales."""
    moment = moment_of(as_of)
    window = year_of(year, local_day(known_at(figures, moment), zone))
    report = tell_sales(Question(window=window, by=Span.MONTH, as_of=moment))
    return months_out(report, amounts_in(currency))


@get("/analytics/top-products", summary="Best sellers", **_ABOUT)
def show_top_products(
    figures: Source,
    zone: Zone,
    rank_goods: Given[RankGoods],
    since: Since = "",
    until: Until = "",
    limit: Most = "5",
    as_of: AsOf = "",
) -> TopProductsOut:
    """The best sellers, as the SPA's chart reads them. Without a window, those of this year."""
    most = whole(limit, "limit", most=MOST_GOODS)
    if not since:
        end = day_of(until, "to") or local_day(known_at(figures, moment_of(as_of)), zone)
        since = f"{end.year:04}-01-01"
    return top_products_out(rank_goods(question_of(figures, zone, since, until, as_of), most=most))


@get("/analytics/inventory", summary="Stock by product", **_ABOUT)
def show_inventory(
    shop_window: Given[ShopWindow], view_stock: Given[ViewStock], as_of: AsOf = ""
) -> InventoryOut:
    """What can be sold now of each product in the shop, as the SPA's chart reads it; or what could
    be then."""
    if (moment := moment_of(as_of)) is not None:
        return inventory_then_out(view_stock(as_of=moment))
    return InventoryOut(
        [
            ProductStockOut(
                shown.product.id,
                shown.product.name,
                sum(variant.available for variant in shown.variants),
            )
            for shown in shop_window.products()
        ]
    )


@get("/analytics/sales", summary="Sales by day, week or month", **_BY_DAY)
def show_sales(
    tell_sales: Given[TellSales], question: Given[Question], currency: Given[Currency]
) -> SalesReportOut:
    """Sales count in the period in which they were paid, refunds in that in which they went."""
    return sales_report_out(tell_sales(question), currency)


@get("/analytics/sales.csv", summary="Sales as a table", media_type="text/csv", **_BY_DAY)
def show_sales_table(
    tell_sales: Given[TellSales], question: Given[Question], currency: Given[Currency]
) -> Response[str]:
    """The same periods as `/analytics/sales`, for a spreadsheet."""
    report = sales_report_out(tell_sales(question), currency)
    return _table("sales", SalesPeriodOut, report.periods)


@get("/analytics/goods", summary="Products or variants, the best first", **_OF_DAYS)
def show_goods(
    rank_goods: Given[RankGoods],
    question: Given[Question],
    currency: Given[Currency],
    variants: Level = False,
    limit: Most = "100",
) -> GoodsReportOut:
    """Of which something was sold, given back, or wanted and not there. Net sales of all products
    are those of the shop."""
    most = whole(limit, "limit", most=MOST_GOODS)
    ranked = rank_goods(question, variants=variants, most=most)
    return goods_report_out(ranked, currency)


@get("/analytics/goods.csv", summary="Goods as a table", media_type="text/csv", **_OF_DAYS)
def show_goods_table(
    rank_goods: Given[RankGoods],
    question: Given[Question],
    currency: Given[Currency],
    variants: Level = False,
) -> Response[str]:
    """All rows of `/analytics/goods`, for a spreadsheet."""
    ranked = rank_goods(question, variants=variants)
    report = goods_report_out(ranked, currency)
    return _table("goods", GoodsOut, report.goods)


@get("/analytics/stock", summary="Stock, pace, and what to make", **_ABOUT)
def show_stock(
    view_stock: Given[ViewStock],
    currency: Given[Currency],
    lead_days: FromQuery[
        Annotated[str, QueryParameter(description="Days that making takes, 0 to 365.")]
    ] = "14",
    safety_days: FromQuery[
        Annotated[str, QueryParameter(description="Days that shall be left then, 0 to 365.")]
    ] = "7",
    as_of: AsOf = "",
) -> StockReportOut:
    """Every variant on sale, and every other one of which something is left."""
    report = view_stock(
        as_of=moment_of(as_of),
        lead_days=whole(lead_days, "lead_days", least=0, most=365),
        safety_days=whole(safety_days, "safety_days", least=0, most=365),
    )
    return stock_report_out(report, currency)


@get("/analytics/checkouts", summary="How checkouts went", **_BY_DAY)
def show_checkouts(
    tell_checkouts: Given[TellCheckouts], question: Given[Question], currency: Given[Currency]
) -> CheckoutReportOut:
    """Attempts by when they were begun: paid, failed, expired, abandoned, open."""
    return checkout_report_out(tell_checkouts(question), currency)


@get("/analytics/customers", summary="Who comes back", **_BY_MONTH)
def show_customers(
    tell_customers: Given[TellCustomers], question: Given[Question]
) -> CustomerReportOut:
    """Orders of buyers who had bought before, and how many buyers came back."""
    return customer_report_out(tell_customers(question))


@get("/analytics/service", summary="Refunds, disputes, and sending in time", **_BY_MONTH)
def show_service(
    tell_service: Given[TellService], question: Given[Question], currency: Given[Currency]
) -> ServiceReportOut:
    """Refunds and disputes by when the order was paid, lateness by when its promise fell due."""
    return service_report_out(tell_service(question), currency)


@get("/analytics/cash", summary="What should be in the account", **_OF_DAYS)
def show_cash(
    compare_cash: Given[CompareCash], question: Given[Question], currency: Given[Currency]
) -> CashOut:
    """Charged, given back and lost, and the orders that do not add up. At most 31 days."""
    return cash_out(compare_cash(question), currency)


@put(
    "/analytics/costs/{variant_id:str}",
    status_code=204,
    summary="Say what a piece costs to make",
    tags=["Figures"],
    sync_to_thread=True,
    dependencies=_CURRENCY,
)
def set_cost(
    variant_id: PathId,
    data: JSONBody[UnitCostIn],
    actor: Given[Actor],
    set_unit_cost: Given[SetUnitCost],
    currency: Given[Currency],
) -> None:
    """From now on; what it cost before stays known. Twice is harmless."""
    cost = None
    if data.unit_cost is not None:
        amount = Decimal(repr(data.unit_cost))
        cost = Money.price(amount, currency, "unit_cost")
    set_unit_cost(actor, number(variant_id, "ProductVariant"), cost)


ANALYTICS = [
    show_revenue,
    show_top_products,
    show_inventory,
    show_sales,
    show_sales_table,
    show_goods,
    show_goods_table,
    show_stock,
    show_checkouts,
    show_customers,
    show_service,
    show_cash,
    set_cost,
]


def _table(name: str, kind: type[Struct], rows: Sequence[Struct]) -> Response[str]:
    """The rows' fields are the columns; nothing is an empty cell."""
    head = kind.__struct_fields__
    cells = ([_cell(getattr(row, column)) for column in head] for row in rows)
    return Response(
        csv_text(head, cells),
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _cell(value: object) -> str:
    return "" if value is None else str(value)
