"""Figures over HTTP: the SPA's charts, everything else, and what is refused."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from tests.support.shops import ShopOverHttp, admin_headers, shop_over_http

Admin = dict[str, str]
REPORTS = ("sales", "goods", "stock", "checkouts", "customers", "service", "cash")


def ask(here: ShopOverHttp, admin: Admin, path: str, **terms: str) -> Any:
    answer = here.client.get(f"/analytics/{path}", params=terms, headers=admin)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_revenue_is_shown_by_the_months_of_a_year(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(2)

    months = ask(here, admin, "revenue")

    assert [month["month"] for month in months][:3] == ["January", "February", "March"]
    assert len(months) == 12
    assert months[2] == {"month": "March", "totalOrders": 1, "revenue": 17.98}
    assert months[0] == {"month": "January", "totalOrders": 0, "revenue": 0}
    assert all(month["totalOrders"] == 0 for month in ask(here, admin, "revenue", year="2025"))


def test_a_sale_of_the_last_night_of_a_month_counts_where_the_shop_is(
    here: ShopOverHttp, admin: Admin
) -> None:
    here.clock.advance(timedelta(days=30, hours=17))  # 05:00 UTC on the first of April
    here.sell(1)

    months = ask(here, admin_headers(here.shop), "revenue")

    assert (months[2]["totalOrders"], months[3]["totalOrders"]) == (1, 0)


def test_the_best_sellers_are_shown(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(2)
    here.sell(5)

    assert ask(here, admin, "top-products") == {
        "topProducts": [
            {"productName": "Oat & Honey", "unitsSold": 5},
            {"productName": "Oat & Honey", "unitsSold": 2},
        ]
    }
    assert len(ask(here, admin, "top-products", limit="1")["topProducts"]) == 1
    assert ask(here, admin, "top-products", **{"from": "2025-01-01", "to": "2026-01-01"}) == {
        "topProducts": []
    }


def test_what_there_is_of_each_product_is_shown(here: ShopOverHttp, admin: Admin) -> None:
    before = here.clock.now()
    here.clock.advance(timedelta(minutes=9))
    order = here.sell(2, stock=10)

    shown = {"productId": 1, "productName": "Oat & Honey", "stock": 8}
    assert ask(here, admin, "inventory") == {"inventory": [shown]}
    now = ask(here, admin, "inventory", as_of=here.clock.now().isoformat())
    assert now == {"inventory": [shown]}
    then = ask(here, admin, "inventory", as_of=before.isoformat())
    assert then == {"inventory": [{**shown, "stock": 0}]}
    assert order.units == 2


def test_sales_are_told_by_period_and_together(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(2)

    told = ask(here, admin, "sales", by="week", **{"from": "2026-02-27", "to": "2026-03-05"})

    assert told["currency"] == "USD"
    assert [(one["start"], one["end"], one["orders"]) for one in told["periods"]] == [
        ("2026-02-27", "2026-03-02", 1),
        ("2026-03-02", "2026-03-05", 0),
    ]
    assert told["total"] == {
        "orders": 1,
        "gross_sales": 17.98,
        "discounts": 0.0,
        "refunds_goods": 0.0,
        "net_sales": 17.98,
        "shipping": 0.0,
        "refunds_shipping": 0.0,
        "tax": 0.0,
        "refunds_tax": 0.0,
        "total_sales": 17.98,
        "average_order": 17.98,
    }
    assert told["periods"][1]["average_order"] is None


def test_without_a_window_the_last_thirty_days_are_told(here: ShopOverHttp, admin: Admin) -> None:
    periods = ask(here, admin, "sales")["periods"]

    assert (len(periods), periods[-1]["start"]) == (30, "2026-03-01")


def test_sales_and_goods_are_tables_for_a_spreadsheet(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(2)

    for name, column, value in (
        ("sales", "net_sales", "17.98"),
        ("goods", "name", "Oat & Honey"),
    ):
        answer = here.client.get(f"/analytics/{name}.csv", headers=admin)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert f'filename="{name}.csv"' in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert rows[-1][column] == value


def test_an_empty_table_has_its_head(here: ShopOverHttp, admin: Admin) -> None:
    answer = here.client.get("/analytics/goods.csv", headers=admin)

    assert answer.status_code == 200
    assert answer.text.startswith("id,product_id,name,units_sold,")
    assert answer.text.count("\r\n") == 1


def test_goods_are_told_by_product_or_by_variant(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(3, stock=10)

    (product,) = ask(here, admin, "goods")["goods"]
    (variant,) = ask(here, admin, "goods", variants="true")["goods"]

    assert (product["name"], variant["name"]) == ("Oat & Honey", "Oat & Honey, 100 g")
    assert (product["units_net"], product["on_hand"], product["sell_through"]) == (3, 7, 0.3)
    assert product["net_sales"] == variant["net_sales"] == 26.97


def test_what_could_not_be_had_is_told_once_a_day_for_the_same_cart(
    here: ShopOverHttp, admin: Admin
) -> None:
    here.sell(1, stock=3)
    for _ in range(2):
        assert here.check_out((1, 9, 8.99)).status_code == 409

    (product,) = ask(here, admin, "goods")["goods"]

    assert product["lost_demand"] == 7


def test_the_stock_room_says_what_to_make(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(4, stock=5)
    here.clock.advance(timedelta(days=2))

    told = ask(here, admin_headers(here.shop), "stock", lead_days="10", safety_days="4")
    (line,) = told["lines"]

    assert (line["on_hand"], line["held"], line["available"]) == (1, 0, 1)
    assert (line["units_net"], line["in_stock_days"], line["velocity"]) == (4, 2, 2.0)
    assert line["days_of_cover"] == 0.5
    assert line["make"] == 2 * 14 - 1
    assert (told["retail_value"], told["cost_value"], told["uncosted_units"]) == (8.99, 0.0, 1)


def test_what_a_piece_costs_is_known_from_when_it_was_said(
    here: ShopOverHttp, admin: Admin
) -> None:
    here.sell(4, stock=5)
    before = here.clock.now()
    here.clock.advance(timedelta(minutes=1))
    answer = here.client.put("/analytics/costs/1", json={"unit_cost": 2.4}, headers=admin)

    assert answer.status_code == 204
    assert ask(here, admin, "stock")["cost_value"] == 2.4
    assert ask(here, admin, "stock", as_of=before.isoformat())["uncosted_units"] == 1
    here.client.put("/analytics/costs/1", json={"unit_cost": None}, headers=admin)
    assert ask(here, admin, "stock")["uncosted_units"] == 1


@pytest.mark.parametrize("cost", [-1, 0, 1.234, "2.40", True])
def test_a_cost_is_an_amount_of_money(here: ShopOverHttp, admin: Admin, cost: object) -> None:
    here.sell(1)

    answer = here.client.put("/analytics/costs/1", json={"unit_cost": cost}, headers=admin)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "unit_cost"


def test_nobody_says_what_something_unknown_costs(here: ShopOverHttp, admin: Admin) -> None:
    answer = here.client.put("/analytics/costs/9", json={"unit_cost": 1}, headers=admin)

    assert (answer.status_code, answer.json()["detail"]) == (404, "ProductVariant 9 not found")


def test_checkouts_service_buyers_and_cash_are_told(here: ShopOverHttp, admin: Admin) -> None:
    here.sell(2)
    here.check_out((1, 1, 8.99))

    checkouts = ask(here, admin, "checkouts")["total"]
    assert (checkouts["started"], checkouts["paid"], checkouts["open"]) == (2, 1, 1)
    assert (checkouts["conversion"], checkouts["minutes_to_pay_p50"]) == (1.0, 0)
    customers = ask(here, admin, "customers")
    assert (customers["total"]["orders"], customers["total"]["returning_orders"]) == (1, 0)
    assert (customers["customers"], customers["repeat_customer_rate"]) == (1, 0.0)
    service = ask(here, admin, "service")["total"]
    assert (service["orders"], service["refund_rate_orders"], service["on_time_rate"]) == (
        1,
        0.0,
        None,
    )
    cash = ask(here, admin, "cash")
    assert (cash["charged"], cash["expected_net"], cash["differences"]) == (17.98, 17.98, [])


def test_before_it_happened_nothing_was_known(here: ShopOverHttp, admin: Admin) -> None:
    before = (here.clock.now() - timedelta(seconds=1)).isoformat()
    here.sell(2)

    for name in ("sales", "checkouts", "service", "customers"):
        total = ask(here, admin, name, as_of=before)["total"]
        assert not any(total.values())


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"from": "2026-13-01"}, "from"),
        ({"from": "20260301"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"to": "٢٠٢٦-01-01"}, "to"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"from": "2026-03-01", "to": "2026-03-01"}, "to"),
        ({"from": "2010-01-01", "to": "2026-01-01"}, "to"),
        ({"from": "1900-01-01"}, "from"),
        ({"to": "9999-12-31"}, "from"),
        ({"as_of": "yesterday"}, "as_of"),
        ({"as_of": "2026-02-01"}, "as_of"),
        ({"as_of": "2026-02-01T12:00:00"}, "as_of"),
        ({"as_of": "2026-03-02T12:00:00Z"}, "as_of"),
        ({"as_of": "0001-01-01T00:00:00+14:00"}, "as_of"),
    ],
)
def test_a_question_that_cannot_be_right_is_refused_by_name(
    here: ShopOverHttp, admin: Admin, terms: dict[str, str], field: str
) -> None:
    for name in (*REPORTS, "sales.csv", "goods.csv", "top-products"):
        if name == "stock" and "as_of" not in terms:
            continue
        answer = here.client.get(f"/analytics/{name}", params=terms, headers=admin)
        assert answer.status_code == 422, name
        assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("path", "terms", "field"),
    [
        ("sales", {"by": "year"}, "by"),
        ("sales", {"by": "day", "from": "2024-01-01", "to": "2026-01-01"}, "by"),
        ("cash", {"from": "2026-01-01", "to": "2026-02-02"}, "to"),
        ("revenue", {"year": "26"}, "year"),
        ("revenue", {"year": "20260"}, "year"),
        ("goods", {"limit": "0"}, "limit"),
        ("goods", {"variants": "perhaps"}, "variants"),
        ("top-products", {"limit": "1001"}, "limit"),
        ("stock", {"lead_days": "366"}, "lead_days"),
        ("stock", {"safety_days": "-1"}, "safety_days"),
    ],
)
def test_each_route_has_its_limits(
    here: ShopOverHttp, admin: Admin, path: str, terms: dict[str, str], field: str
) -> None:
    answer = here.client.get(f"/analytics/{path}", params=terms, headers=admin)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_zone_written_with_a_plus_is_understood(here: ShopOverHttp, admin: Admin) -> None:
    for written in ("2026-03-01T05:00:00-07:00", "2026-03-01T05:00:00+00:00"):
        here.client.get(f"/analytics/sales?as_of={written}", headers=admin).raise_for_status()


@pytest.mark.parametrize("path", [*REPORTS, "revenue", "top-products", "inventory"])
def test_figures_are_for_admins(here: ShopOverHttp, path: str) -> None:
    assert here.client.get(f"/analytics/{path}").status_code == 401


def test_the_shops_zone_can_be_chosen() -> None:
    with shop_over_http(SHOP_TIMEZONE="Pacific/Auckland") as there:
        there.sell(1)  # noon UTC of the first is past midnight of the second there
        told = ask(there, admin_headers(there.shop), "sales")

    assert told["periods"][-1]["start"] == "2026-03-02"
