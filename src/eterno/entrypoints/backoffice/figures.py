"""Figures: what was sold, what sells, how checkouts went, and what stands on the shelves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import partial

from litestar import Response, get

from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.tell_checkouts import TellCheckouts
from eterno.application.analytics.tell_sales import SalesReport, TellSales
from eterno.application.analytics.view_stock import ViewStock
from eterno.application.ports.system import Clock
from eterno.domain.calendar import MONTHS, Span, Window, local_day
from eterno.domain.errors import Invalid
from eterno.domain.figures import Checkouts
from eterno.domain.money import Currency
from eterno.entrypoints.backoffice.asking import Asked, asked_of, presets
from eterno.entrypoints.backoffice.charts import Mark
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import (
    Page,
    Screen,
    complaint,
    round_money,
    status_for,
)
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.settings import Settings
from eterno.entrypoints.spreadsheet import csv_text

BEST = 8


@get("/figures", sync_to_thread=True)
def show_figures(
    screen: Given[Screen],
    asked: Given[Form],
    clock: Given[Clock],
    settings: Given[Settings],
    tell_sales: Given[TellSales],
    rank_goods: Given[RankGoods],
    tell_checkouts: Given[TellCheckouts],
) -> Page:
    """The figures of some days, beside those of as many days before, as known at some time."""
    zone = settings.zone
    about: dict[str, object] = {
        "presets": presets(local_day(clock.now(), zone)),
        "currency": Currency(settings.currency),
    }
    try:
        about["about"] = wanted = asked_of(asked, now=clock.now(), zone=zone)
        sales = tell_sales(wanted.now)
        earlier = tell_sales(wanted.before).total
        goods = rank_goods(wanted.now)
        checkouts = tell_checkouts(wanted.now).total
    except Invalid as refusal:
        facts = {**about, "about": None, **complaint(refusal, asked)}
        return screen.page("figures.html", facts, status=status_for(refusal))
    facts = {
        **about,
        "sales": sales,
        "earlier": earlier,
        "months": marks(sales, wanted, "net_sales"),
        "orders": marks(sales, wanted, "orders"),
        "best": goods[:BEST],
        "funnel": funnel(checkouts),
        "checkouts": checkouts,
        "change": change,
        "money_say": partial(round_money, currency=Currency(settings.currency)),
        "typed": asked,
    }
    return screen.page("figures.html", facts)


@get("/figures/stock", sync_to_thread=True)
def show_stock_value(
    screen: Given[Screen],
    asked: Given[Form],
    clock: Given[Clock],
    settings: Given[Settings],
    view_stock: Given[ViewStock],
) -> Page:
    """What stands on the shelves, what it is worth, how long it lasts and what to make."""
    about = {"currency": Currency(settings.currency), "today": clock.now()}
    try:
        wanted = asked_of(asked, now=clock.now(), zone=settings.zone)
        stock = view_stock(as_of=wanted.now.as_of)
    except Invalid as refusal:
        facts = {**about, "stock": None, "as_of": None, **complaint(refusal, asked)}
        return screen.page("stock_value.html", facts, status=status_for(refusal))
    to_make = sorted((line for line in stock.lines if line.to_make), key=lambda line: -line.to_make)
    facts = {**about, "stock": stock, "as_of": wanted.as_of, "to_make": to_make}
    return screen.page("stock_value.html", facts)


@get("/figures/sales.csv", sync_to_thread=True)
def sales_table(
    asked: Given[Form],
    clock: Given[Clock],
    settings: Given[Settings],
    tell_sales: Given[TellSales],
) -> Response[str]:
    """The periods of the chart, for a spreadsheet."""
    report = tell_sales(asked_of(asked, now=clock.now(), zone=settings.zone).now)
    money = _amounts(settings)
    names = ("gross_sales", "discounts", "refunds_goods", "net_sales", "shipping", "tax")
    rows = (
        (
            str(period.start),
            str(period.end),
            str(sales.orders),
            *(money(getattr(sales, name)) for name in (*names, "total_sales")),
        )
        for period, sales in report.periods
    )
    return _table("sales", ("from", "before", "orders", *names, "total_sales"), rows)


@get("/figures/goods.csv", sync_to_thread=True)
def goods_table(
    asked: Given[Form],
    clock: Given[Clock],
    settings: Given[Settings],
    rank_goods: Given[RankGoods],
) -> Response[str]:
    """Every variant that sold, for a spreadsheet."""
    question = asked_of(asked, now=clock.now(), zone=settings.zone).now
    money = _amounts(settings)
    rows = (
        (
            str(one.id),
            one.name,
            str(one.sold.units_sold),
            str(one.sold.units_refunded),
            money(one.sold.net_sales),
            str(one.on_hand),
            str(one.lost_demand),
        )
        for one in rank_goods(question, variants=True)
    )
    header = ("variant", "name", "sold", "given_back", "net_sales", "on_hand", "wanted_in_vain")
    return _table("goods", header, rows)


def marks(report: SalesReport, asked: Asked, figure: str) -> Sequence[Mark]:
    """One for each period of the chart."""
    return [
        Mark(label_of(period, asked.by), getattr(sales, figure)) for period, sales in report.periods
    ]


def label_of(period: Window, by: Span) -> str:
    """ "Mar" or "2 Mar": short, because many stand side by side."""
    month = MONTHS[period.start.month - 1][:3]
    return month if by is Span.MONTH else f"{period.start.day} {month}"


def funnel(checkouts: Checkouts) -> Sequence[Mark]:
    """What became of those who went to pay."""
    return [
        Mark("Went to pay", checkouts.started),
        Mark("Paid", checkouts.paid),
        Mark("Gave up", checkouts.expired),
        Mark("Payment failed", checkouts.failed),
        Mark("Still open", checkouts.open),
    ]


def change(now: int, before: int) -> str:
    """ "+12 %" beside the time before; nothing where there is nothing to compare with."""
    return f"{(now - before) * 100 / before:+.0f} %" if before > 0 else ""


def _amounts(settings: Settings) -> Callable[[int], str]:
    currency = Currency(settings.currency)

    def amount(minor: int) -> str:
        return str(Decimal(minor).scaleb(-currency.decimals))

    return amount


def _table(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Response[str]:
    return Response(
        csv_text(header, rows),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )


FIGURES = (show_figures, show_stock_value, sales_table, goods_table)
