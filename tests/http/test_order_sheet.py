"""Orders as a table, over HTTP."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from eterno.domain.orders import Address, Buyer
from eterno.entrypoints.http import order_sheet
from tests.support.shops import ShopOverHttp

NASTY = Buyer(
    email="=cmd@example.org",
    name='=HYPERLINK("https://evil.example")',
    phone="+1 303 555 0100",
    ship_to=Address(
        name="@Ada",
        line1="-1 Row",
        line2=None,
        city="London",
        state=None,
        postal_code="SW1",
        country="GB",
    ),
)


def table(here: ShopOverHttp, **terms: str) -> list[dict[str, str]]:
    answer = here.ask("/orders.csv", **terms)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def rename(here: ShopOverHttp, buyer: Buyer | None) -> None:
    with here.store.begin() as work:
        order = work.orders.hold(here.shop.order_desk().latest(most=1)[0].id)
        work.orders.save(replace(order, buyer=buyer))


def test_only_an_admin_gets_the_table(here: ShopOverHttp) -> None:
    assert here.client.get("/orders.csv").status_code == 401


def test_an_order_is_a_line(here: ShopOverHttp) -> None:
    order = here.sell(2)
    here.tell(f"/orders/{order.number}/ship", {"carrier": "USPS", "tracking": "9400 1"})

    answer = here.ask("/orders.csv")
    [row] = table(here)

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert (row["number"], row["state"], row["pieces"]) == (str(order.number), "shipped", "2")
    assert row["items"].startswith("2 x Oat & Honey, 100 g [")
    assert (row["total"], row["captured"], row["refunded"]) == ("17.98", "17.98", "0.00")
    assert (row["email"], row["city"], row["tracking"]) == ("ada@example.org", "London", "9400 1")
    assert row["placed_at"] == "2026-03-01T12:00:00+00:00"


def test_a_buyer_cannot_put_a_formula_into_it(here: ShopOverHttp) -> None:
    here.sell()
    rename(here, NASTY)

    [row] = table(here)

    for column in ("email", "name", "phone", "address"):
        assert row[column].startswith("'"), column


@pytest.mark.parametrize("buyer", [None, Buyer(email=None)], ids=["unknown", "without an address"])
def test_an_order_of_nobody_is_a_line_too(here: ShopOverHttp, buyer: Buyer | None) -> None:
    here.sell()
    rename(here, buyer)

    [row] = table(here)

    assert (row["email"], row["name"], row["country"]) == ("", "", "")


def test_its_terms_are_those_of_the_list(here: ShopOverHttp) -> None:
    order = here.sell()

    assert len(table(here, state="paid", text="lovelace", **{"from": "2026-03-01"})) == 1
    assert table(here, state="shipped") == []
    assert table(here, to="2026-03-01") == []
    assert [row["number"] for row in table(here, text=str(order.number))] == [str(order.number)]
    assert here.ask("/orders.csv", state="sold").status_code == 422


@pytest.mark.parametrize("sold", [0, 1, 2, 3, 4])
def test_however_many_there_are_each_is_there_once(
    here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch, sold: int
) -> None:
    monkeypatch.setattr(order_sheet, "PAGE", 2)
    orders = [here.sell(1) for _ in range(sold)]

    assert [row["number"] for row in table(here)] == [str(o.number) for o in reversed(orders)]
