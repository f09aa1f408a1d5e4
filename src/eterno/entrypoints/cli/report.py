"""`eterno report`: what was sold, in a terminal."""

from __future__ import annotations

import argparse
from datetime import date, datetime, timedelta
from typing import Any

from eterno.application.analytics.question import Question, known_at
from eterno.application.analytics.rank_goods import RankedGoods
from eterno.application.analytics.tell_sales import SalesReport
from eterno.domain.calendar import Span, Window, local_day
from eterno.domain.figures import Sales
from eterno.domain.money import Currency, Money
from eterno.entrypoints.cli.output import say, say_json
from eterno.entrypoints.cli.shops import opened
from eterno.entrypoints.settings import Settings

USUAL = {Span.DAY: 14, Span.WEEK: 7 * 12, Span.MONTH: 365}
"""Days that are told of where no window is asked for."""
MOST_GOODS = 5
_BAR = 24
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEAD = ("", "ORDERS", "GROSS", "DISCOUNT", "REFUNDED", "NET", "SHIPPING", "TAX", "TOTAL", "")


def add_to(commands: Any, shop: argparse.ArgumentParser) -> None:
    report = commands.add_parser(
        "report",
        parents=[shop],
        help="what was sold, by day, week or month",
        description="Sales by day, week or month in the shop's zone, and what sold best. "
        "Definitions: docs/figures.md.",
    )
    report.add_argument("--from", dest="since", type=_day, metavar="DAY", help="the first day")
    report.add_argument("--to", dest="until", type=_day, metavar="DAY", help="after the last day")
    report.add_argument(
        "--by",
        type=Span,
        choices=list(Span),
        default=Span.DAY,
        metavar="PERIOD",
        help="day, week or month (default: day)",
    )
    report.add_argument(
        "--as-of", type=_moment, metavar="MOMENT", help="as it was known then: 2026-03-01T12:00Z"
    )
    report.add_argument("--json", action="store_true", help="for scripts; money in minor units")
    report.set_defaults(command=tell)


def tell(settings: Settings, options: argparse.Namespace) -> None:
    with opened(settings) as shop:
        now = known_at(shop.figures(), options.as_of)
        end = options.until or local_day(now, settings.zone) + timedelta(days=1)
        start = options.since or end - timedelta(days=USUAL[options.by])
        question = Question(window=Window.of(start, end), by=options.by, as_of=now)
        report = shop.tell_sales()(question)
        goods = shop.rank_goods()(question, most=MOST_GOODS)
    if options.json:
        say_json(_facts(report, goods, settings.currency))
        return
    last = end - timedelta(days=1)
    say(f"{settings.shop_name}   {start:%d %b %Y} to {last:%d %b %Y}, by {options.by}")
    say(f"As known on {now.astimezone(settings.zone):%d %b %Y at %H:%M %Z}\n")
    _say_sales(report, options.by, Currency(settings.currency))
    _say_goods(goods, Currency(settings.currency))


def _say_sales(report: SalesReport, by: Span, currency: Currency) -> None:
    best = max((sales.net_sales for _, sales in report.periods), default=0)
    rows = [
        (*_cells(_name(period.start, by), sales, currency), bar(sales.net_sales, best))
        for period, sales in report.periods
    ]
    total = (*_cells("together", report.total, currency), "")
    _say_aligned([_HEAD, *rows, total], ruled=True)


def _say_goods(goods: list[RankedGoods], currency: Currency) -> None:
    if not goods:
        return
    say()
    best = max(one.sold.units_net for one in goods)
    _say_aligned(
        [
            ("BEST SELLERS", "PIECES", "NET", ""),
            *(
                (
                    one.name,
                    f"{one.sold.units_net:,}",
                    _money(one.sold.net_sales, currency),
                    bar(one.sold.units_net, best),
                )
                for one in goods
            ),
        ]
    )


def _cells(name: str, sales: Sales, currency: Currency) -> tuple[str, ...]:
    money = (
        sales.gross_sales,
        -sales.discounts,
        -sales.refunds,
        sales.net_sales,
        sales.shipping,
        sales.tax,
        sales.total_sales,
    )
    return (name, f"{sales.orders:,}", *(_money(minor, currency) for minor in money))


def _money(minor: int, currency: Currency) -> str:
    """Without the currency's name; nothing is a dot."""
    return f"{Money(minor, currency).amount:,.{currency.decimals}f}" if minor else "·"


def bar(part: int, whole: int) -> str:
    """How much of the whole it is, to the eighth of a letter."""
    eighths = round(8 * _BAR * part / whole) if whole > 0 and part > 0 else 0
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _say_aligned(table: list[tuple[str, ...]], *, ruled: bool = False) -> None:
    """Words to the left, numbers to the right, bars last; with a line above the last row."""
    columns = range(len(table[0]))
    widths = [max(len(row[column]) for row in table) for column in columns]
    for place, row in enumerate(table):
        if ruled and place in (1, len(table) - 1):
            say("─" * (sum(widths[:-1]) + 2 * (len(widths) - 2)))
        cells = [row[0].ljust(widths[0])]
        cells += [row[column].rjust(widths[column]) for column in columns[1:-1]]
        say("  ".join([*cells, row[-1]]).rstrip())


def _name(day: date, by: Span) -> str:
    if by is Span.MONTH:
        return f"{day:%B %Y}"
    return f"{day:%a %d %b}" if by is Span.DAY else f"from {day:%d %b}"


def _facts(report: SalesReport, goods: list[RankedGoods], currency: str) -> dict[str, object]:
    def of(sales: Sales) -> dict[str, object]:
        names = ("orders", "gross_sales", "discounts", "refunds", "net_sales", "shipping", "tax")
        return {name: getattr(sales, name) for name in (*names, "total_sales", "average_order")}

    return {
        "currency": currency,
        "periods": [
            {"start": period.start, "end": period.end, **of(sales)}
            for period, sales in report.periods
        ],
        "total": of(report.total),
        "best_sellers": [
            {"id": one.id, "name": one.name, "units_net": one.sold.units_net} for one in goods
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day such as 2026-03-01") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment
    except ValueError:
        raise argparse.ArgumentTypeError(
            "a moment with its zone, such as 2026-03-01T12:00Z"
        ) from None
