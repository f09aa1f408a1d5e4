"""Figures on the wire. Definitions: docs/figures.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from eterno.application.analytics.compare_cash import CashReport
from eterno.application.analytics.tell_checkouts import CheckoutReport
from eterno.application.analytics.tell_customers import CustomerReport, Loyalty
from eterno.application.analytics.tell_sales import SalesReport
from eterno.application.analytics.tell_service import ServiceReport
from eterno.domain.calendar import Window
from eterno.domain.figures import Checkouts, Sales, Service, percentile
from eterno.domain.money import Currency, Money
from eterno.entrypoints.http.wire import Price

Rate = Annotated[float | None, Meta(description="0 to 1; null where there is nothing to compare.")]
End = Annotated[date, Meta(description="The day after the last one.")]
Amount = Callable[[int], float]
"""Minor units as a number in the currency's units."""


class SalesOut(Struct, frozen=True, kw_only=True):
    orders: int
    gross_sales: Price
    discounts: Price
    refunds_goods: Price
    net_sales: Price
    shipping: Price
    refunds_shipping: Price
    tax: Price
    refunds_tax: Price
    total_sales: Price
    average_order: Annotated[float | None, Meta(description="Before returns; null without orders.")]


class SalesPeriodOut(SalesOut, frozen=True, kw_only=True):
    """What was sold in these days, and what went back in them."""

    start: date
    end: End


class SalesReportOut(Struct, frozen=True):
    """Sales by period, and all together."""

    currency: str
    periods: list[SalesPeriodOut]
    total: SalesOut


class CheckoutsOut(Struct, frozen=True, kw_only=True):
    started: int
    paid: int
    failed: int
    expired: int
    open: int
    conversion: Rate
    minutes_to_pay_p50: int | None
    minutes_to_pay_p90: int | None
    abandoned: int
    abandoned_value: Price
    recovered: int


class CheckoutsPeriodOut(CheckoutsOut, frozen=True, kw_only=True):
    """Attempts that were begun in these days."""

    start: date
    end: End


class CheckoutReportOut(Struct, frozen=True):
    currency: str
    periods: list[CheckoutsPeriodOut]
    total: CheckoutsOut


class LoyaltyOut(Struct, frozen=True, kw_only=True):
    orders: int
    returning_orders: int
    returning_order_share: Rate


class LoyaltyPeriodOut(LoyaltyOut, frozen=True, kw_only=True):
    """Orders of these days."""

    start: date
    end: End


class CustomerReportOut(Struct, frozen=True, kw_only=True):
    """Who comes back. Buyers are counted, never named."""

    periods: list[LoyaltyPeriodOut]
    total: LoyaltyOut
    customers: int
    repeat_customers: int
    repeat_customer_rate: Rate


class ServiceOut(Struct, frozen=True, kw_only=True):
    orders: int
    refunded_orders: int
    refund_rate_orders: Rate
    refunded_value: Price
    refund_rate_value: Rate
    disputes: int
    dispute_rate: Rate
    due: Annotated[int, Meta(description="Orders whose promise fell due.")]
    on_time: int
    on_time_rate: Rate
    days_to_ship_p50: int | None
    days_to_ship_p90: int | None


class ServicePeriodOut(ServiceOut, frozen=True, kw_only=True):
    """Of orders paid, or due, in these days."""

    start: date
    end: End


class ServiceReportOut(Struct, frozen=True):
    currency: str
    periods: list[ServicePeriodOut]
    total: ServiceOut


class DifferenceOut(Struct, frozen=True, kw_only=True):
    """An order that does not add up."""

    order_id: UUID
    number: int | None
    expected: Price
    recorded: Price


class CashOut(Struct, frozen=True, kw_only=True):
    """What the payment service should have for us, before its fees."""

    start: date
    end: End
    currency: str
    charged: Price
    refunds: Price
    disputes_lost: Price
    expected_net: Price
    differences: list[DifferenceOut]


def amounts_in(currency: Currency) -> Amount:
    return lambda minor: float(Money(minor, currency).amount)


def sales_report_out(report: SalesReport, currency: Currency) -> SalesReportOut:
    amount = amounts_in(currency)
    return SalesReportOut(
        currency.code,
        [
            SalesPeriodOut(**_days(period), **_sales(sales, amount))
            for period, sales in report.periods
        ],
        SalesOut(**_sales(report.total, amount)),
    )


def checkout_report_out(report: CheckoutReport, currency: Currency) -> CheckoutReportOut:
    amount = amounts_in(currency)
    return CheckoutReportOut(
        currency.code,
        [
            CheckoutsPeriodOut(**_days(period), **_checkouts(checkouts, amount))
            for period, checkouts in report.periods
        ],
        CheckoutsOut(**_checkouts(report.total, amount)),
    )


def customer_report_out(report: CustomerReport) -> CustomerReportOut:
    return CustomerReportOut(
        periods=[
            LoyaltyPeriodOut(**_days(period), **_loyalty(loyalty))
            for period, loyalty in report.periods
        ],
        total=LoyaltyOut(**_loyalty(report.total)),
        customers=report.customers,
        repeat_customers=report.repeat_customers,
        repeat_customer_rate=report.repeat_rate,
    )


def service_report_out(report: ServiceReport, currency: Currency) -> ServiceReportOut:
    amount = amounts_in(currency)
    return ServiceReportOut(
        currency.code,
        [
            ServicePeriodOut(**_days(period), **_service(service, amount))
            for period, service in report.periods
        ],
        ServiceOut(**_service(report.total, amount)),
    )


def cash_out(report: CashReport, currency: Currency) -> CashOut:
    amount = amounts_in(currency)
    return CashOut(
        **_days(report.window),
        currency=currency.code,
        charged=amount(report.sales.charged),
        refunds=amount(report.sales.refunds),
        disputes_lost=amount(report.sales.disputes_lost),
        expected_net=amount(report.sales.expected_net),
        differences=[
            DifferenceOut(
                order_id=one.order_id,
                number=one.number,
                expected=amount(one.expected),
                recorded=amount(one.recorded),
            )
            for one in report.differences
        ],
    )


def _days(period: Window) -> dict[str, Any]:
    return {"start": period.start, "end": period.end}


def _sales(sales: Sales, amount: Amount) -> dict[str, Any]:
    money = {
        name: amount(getattr(sales, name))
        for name in SalesOut.__struct_fields__
        if name not in ("orders", "average_order")
    }
    average = sales.average_order
    return {
        **money,
        "orders": sales.orders,
        "average_order": None if average is None else amount(round(average)),
    }


def _checkouts(checkouts: Checkouts, amount: Amount) -> dict[str, Any]:
    return {
        "started": checkouts.started,
        "paid": checkouts.paid,
        "failed": checkouts.failed,
        "expired": checkouts.expired,
        "open": checkouts.open,
        "conversion": checkouts.conversion,
        "minutes_to_pay_p50": percentile(checkouts.minutes_to_pay, 0.5),
        "minutes_to_pay_p90": percentile(checkouts.minutes_to_pay, 0.9),
        "abandoned": checkouts.abandoned,
        "abandoned_value": amount(checkouts.abandoned_value),
        "recovered": checkouts.recovered,
    }


def _loyalty(loyalty: Loyalty) -> dict[str, Any]:
    return {
        "orders": loyalty.orders,
        "returning_orders": loyalty.returning,
        "returning_order_share": loyalty.returning_share,
    }


def _service(service: Service, amount: Amount) -> dict[str, Any]:
    return {
        "orders": service.orders,
        "refunded_orders": service.refunded_orders,
        "refund_rate_orders": service.refund_rate,
        "refunded_value": amount(service.refunded_value),
        "refund_rate_value": service.refund_value_rate,
        "disputes": service.disputes,
        "dispute_rate": service.dispute_rate,
        "due": service.due,
        "on_time": service.on_time,
        "on_time_rate": service.on_time_rate,
        "days_to_ship_p50": percentile(service.days_to_ship, 0.5),
        "days_to_ship_p90": percentile(service.days_to_ship, 0.9),
    }
