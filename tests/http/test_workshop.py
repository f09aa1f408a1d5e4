"""What to make, fetch and pack, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest

from eterno.application.ports.workshop import MOST_OPEN
from eterno.domain.catalog import Variant
from eterno.domain.orders import Address, Order
from eterno.entrypoints.http import workshop
from tests.builders import ADA, add_product, put_on_sale
from tests.support.shops import ShopOverHttp

PAGES = ("/make-list.html", "/pick-list.html")
TIMES = "\N{MULTIPLICATION SIGN}"
HOSTILE = '<script src="https://evil.example">&'


def page(here: ShopOverHttp, path: str, **terms: str) -> str:
    answer = here.ask(path, **terms)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return " ".join(answer.text.split())


def made(here: ShopOverHttp, **terms: str) -> Any:
    return here.ask("/make-list", **terms).json()


@pytest.fixture
def order(here: ShopOverHttp) -> Order:
    """Two soaps, paid on 1 March 2026 and promised for the 15th."""
    return here.sell(2)


def test_only_an_admin_sees_them(here: ShopOverHttp, order: Order) -> None:
    for path in ("/make-list", *PAGES, f"/orders/{order.number}/packing-slip.html"):
        assert here.client.get(path).status_code == 401


def test_what_to_make_is_told_by_the_day(here: ShopOverHttp, order: Order) -> None:
    answer = here.ask("/make-list")

    assert answer.headers["Cache-Control"] == "no-store"
    [line] = order.lines
    assert answer.json() == {
        "lines": [
            {
                "due": "2026-03-15",
                "variant_id": line.variant_id,
                "sku": line.sku,
                "name": "Oat & Honey",
                "label": "100 g",
                "pieces": 2,
                "orders": [{"order": order.number, "pieces": 2}],
            }
        ],
        "more": False,
    }


def test_only_what_is_due_can_be_asked_for(here: ShopOverHttp, order: Order) -> None:
    assert made(here, until="2026-03-14")["lines"] == []
    assert len(made(here, until="2026-03-15")["lines"]) == 1
    for path in ("/make-list", *PAGES):
        answer = here.ask(path, until="soon")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "until"


def test_lists_end_somewhere_and_say_so(
    here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop, "MOST_OPEN", 1)
    here.sell(1)
    assert made(here)["more"] is False
    here.sell(1)
    assert (len(made(here)["lines"]), made(here)["more"]) == (1, True)
    assert "this list ends at 1 orders" in page(here, "/make-list.html")
    assert MOST_OPEN > 1


def test_pages_tell_what_to_make_and_to_fetch(here: ShopOverHttp, order: Order) -> None:
    to_make = page(here, "/make-list.html", until="2026-03-20")
    to_fetch = page(here, "/pick-list.html")

    assert "As of 1 March 2026, promised until 20 March 2026." in to_make
    assert "To leave the house by 15 March 2026" in to_make
    for text in (to_make, to_fetch):
        assert "Oat &amp; Honey" in text
        assert f"{order.number}&nbsp;{TIMES}&nbsp;2" in text
    assert f"2 {TIMES} Oat &amp; Honey, 100 g" in to_fetch
    assert "15 March 2026" in to_fetch


@pytest.mark.parametrize("path", PAGES)
def test_there_may_be_nothing_to_do(here: ShopOverHttp, path: str) -> None:
    assert "Nothing. Everything that was sold has left the house." in page(here, path)


def test_an_order_without_promise_or_address_is_on_the_lists_too(
    here: ShopOverHttp, order: Order
) -> None:
    change(here, replace(order, promised_by=None, buyer=None))

    assert made(here)["lines"][0]["due"] is None
    assert "Promised for no day" in page(here, "/make-list.html")
    assert str(order.number) in page(here, "/pick-list.html")


# The packing slip


def slip(here: ShopOverHttp, order: Order, **terms: str) -> str:
    return page(here, f"/orders/{order.number}/packing-slip.html", **terms)


def test_a_packing_slip_tells_what_is_in_and_for_whom_and_no_price(
    here: ShopOverHttp, order: Order
) -> None:
    text = slip(here, order)

    assert f"Order {order.number}" in text
    assert "Ada Lovelace" in text
    assert "London" in text
    assert '<td class="count">2</td><td>Oat &amp; Honey' in text
    assert "all sales are final" in text
    assert "8.99" not in text
    assert "$" not in text


def test_each_parcel_has_its_own(here: ShopOverHttp, order: Order) -> None:
    one = [{"variant_id": order.lines[0].variant_id, "quantity": 1}]
    here.tell(f"/orders/{order.number}/ship", {"carrier": "USPS", "tracking": "9400", "lines": one})

    first, rest = slip(here, order, parcel="1"), slip(here, order)

    assert "Parcel 1 of 1, USPS" in first
    assert "9400" in first
    for text in (first, rest):
        assert '<td class="count">1</td>' in text
    assert "Parcel" not in rest
    for wrong, status in (("2", 404), ("0", 422), ("x", 422)):
        path = f"/orders/{order.number}/packing-slip.html"
        assert here.ask(path, parcel=wrong).status_code == status


def test_a_parcel_has_no_more_than_was_put_in(here: ShopOverHttp) -> None:
    oat, rose = (put_on_sale(here.store, add_product(here.store, name)) for name in ("Oat", "Rose"))
    order = sell(here, oat, rose)
    one = [{"variant_id": oat.id, "quantity": 1}]
    here.tell(f"/orders/{order.number}/ship", {"carrier": "USPS", "lines": one})

    assert "Rose" not in slip(here, order, parcel="1")
    assert "Oat" not in slip(here, order)


def test_an_order_that_has_left_has_a_slip_of_all_of_it(here: ShopOverHttp, order: Order) -> None:
    here.tell(f"/orders/{order.number}/ship", {"carrier": "USPS"})

    assert '<td class="count">2</td>' in slip(here, order)


def test_a_slip_may_lack_an_address(here: ShopOverHttp, order: Order) -> None:
    change(here, replace(order, buyer=replace(ADA, ship_to=None), paid_at=None))

    text = slip(here, order)

    assert "No address was given." in text
    assert "Paid on" not in text


# Paper


def sell(here: ShopOverHttp, *soaps: Variant) -> Order:
    """One of each, paid."""
    url = here.check_out(*((soap.id, 1, 8.99) for soap in soaps)).json()["url"]
    here.notify(here.payments.pay(here.payments.session_at(url)))
    return here.shop.order_desk().latest(most=1)[0]


def change(here: ShopOverHttp, order: Order) -> None:
    with here.store.begin() as work:
        work.orders.hold(order.id)
        work.orders.save(order)


def test_a_page_is_complete_in_itself_and_can_do_nothing(here: ShopOverHttp, order: Order) -> None:
    for path in (*PAGES, f"/orders/{order.number}/packing-slip.html"):
        answer = here.ask(path)
        [style] = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert answer.headers["Content-Security-Policy"] == (
            f"default-src 'none'; style-src 'sha256-{digest}'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["Cache-Control"] == "no-store"
        assert "@media print" in style
        assert not re.search(r"<script|<img|<link|src=|url\(|style=|http", answer.text)


def test_whatever_people_typed_is_shown_as_text(here: ShopOverHttp) -> None:
    address = Address(
        name=HOSTILE,
        line1=HOSTILE,
        line2=None,
        city="London",
        state=None,
        postal_code="SW1",
        country="GB",
    )
    order = sell(here, put_on_sale(here.store, add_product(here.store, HOSTILE)))
    change(here, replace(order, buyer=replace(ADA, ship_to=address)))

    for path in (*PAGES, f"/orders/{order.number}/packing-slip.html"):
        text = page(here, path)
        assert "&lt;script src=" in text
        assert "<script" not in text
