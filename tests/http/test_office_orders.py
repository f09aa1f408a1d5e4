"""What the owner does with orders in the office, over memory and without scripts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.history import EventKind
from eterno.domain.orders import Order, OrderState, ReviewReason
from eterno.domain.refunds import RefundState
from eterno.entrypoints.backoffice.sayings import DISPUTES, EVENTS, REVIEWS, STAGES, STATES
from tests.builders import amounts_for, place, put_on_sale, usd
from tests.support.office import Office, words
from tests.support.shops import ShopOverHttp
from tests.support.signing_in import GOOD


@pytest.fixture
def soap(here: ShopOverHttp) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(here.store)


@pytest.fixture
def office(here: ShopOverHttp) -> Office:
    """Rosa, inside."""
    here.shop.create_admin()("rosa", GOOD)
    office = Office(here.client)
    office.enter()
    return office


@pytest.fixture
def order(here: ShopOverHttp, soap: Variant) -> Order:
    """Two soaps, paid: number 1."""
    here.check_out((soap.id, 2, 8.99))
    token = the_order(here).token
    here.notify(here.payments.pay(here.payments.sessions(token)[-1]))
    return the_order(here)


def the_order(here: ShopOverHttp) -> Order:
    """The only one, as it is now."""
    (order,) = here.store.tables.orders.values()
    return order


def happened(here: ShopOverHttp) -> list[str]:
    return [event.kind.value for event in here.store.tables.history]


def test_an_order_goes_all_its_way_in_the_office(
    here: ShopOverHttp, office: Office, order: Order, soap: Variant
) -> None:
    assert "No. 1 " in words(office.get("/office"))
    page = office.get("/office/orders/1")
    assert "Oat &amp; Honey" in page.text
    assert "$17.98" in page.text

    assert (
        office.post("/office/orders/1/production")
        .headers["location"]
        .endswith("/1?said=production")
    )
    parcel = {
        "carrier": "USPS",
        "tracking": "9400 1",
        "link": "https://tools.usps.com/9400",
        f"piece-{soap.id}": "2",
    }
    assert office.post("/office/orders/1/ship", **parcel).status_code == 303
    assert office.post("/office/orders/1/ship", **parcel).status_code == 303
    assert office.post("/office/orders/1/deliver").status_code == 303
    assert office.post("/office/orders/1/note", text="She loved it").status_code == 303

    assert the_order(here).state is OrderState.DELIVERED
    assert happened(here)[2:] == ["in_production", "parcel", "shipped", "delivered", "note"]
    assert {event.actor for event in here.store.tables.history[2:]} == {"rosa"}
    page = office.get("/office/orders/1?said=note")
    assert "She loved it" in page.text
    assert "Noted." in page.text


def test_a_part_can_be_sent_first(
    here: ShopOverHttp, office: Office, order: Order, soap: Variant
) -> None:
    office.post("/office/orders/1/ship", carrier="UPS", **{f"piece-{soap.id}": "1"})

    assert the_order(here).state is OrderState.PAID
    assert 'max="1" value="1"' in office.get("/office/orders/1").text


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"carrier": "  "}, "must not be empty"),
        ({"carrier": "USPS", "link": "javascript:alert(1)"}, "begins with https"),
        ({"carrier": "USPS", "piece-1": "99"}, "2 left to send"),
        ({"carrier": "USPS", "piece-1": "0"}, "at least one piece"),
        ({"carrier": "USPS", "piece-1": "x"}, "whole number"),
        ({"carrier": "USPS", "piece-x": "1"}, "whole number"),
        ({"carrier": "USPS", "piece-999": "1"}, "0 left to send"),
        ({"carrier": "\0", "tracking": "\0"}, "U+0000"),
    ],
)
def test_a_parcel_that_cannot_be_is_refused_and_what_was_typed_stays(
    here: ShopOverHttp,
    office: Office,
    order: Order,
    fields: dict[str, str],
    complaint: str,
) -> None:
    answer = office.post(
        "/office/orders/1/ship", **{"piece-1": "2", "tracking": "kept 42", **fields}
    )

    assert answer.status_code == 422
    assert complaint in words(answer)
    assert "tracking" in fields or "kept 42" in answer.text
    assert the_order(here).parcels == ()


def test_what_is_not_possible_now_is_said_on_the_orders_page(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    office.post("/office/orders/1/deliver")

    answer = office.post("/office/orders/1/cancel", reason="too late")

    assert answer.status_code == 409
    assert "cannot be cancelled" in words(answer)
    assert the_order(here).state is OrderState.DELIVERED


def test_an_order_is_cancelled_with_its_reason(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    office.post("/office/orders/1/cancel", reason="She changed her mind")

    assert the_order(here).state is OrderState.CANCELLED
    page = office.get("/office/orders/1?said=cancelled")
    assert "She changed her mind" in page.text
    assert "Cancelled. What was paid goes back." in page.text


# Money back


def test_a_refund_is_shown_before_it_is_asked_for(
    here: ShopOverHttp, office: Office, order: Order, soap: Variant
) -> None:
    page = office.get("/office/orders/1/refund")
    assert "$17.98 of $17.98 can still go back." in words(page)

    page = office.get(f"/office/orders/1/refund?kind=pieces&piece-{soap.id}=1&restock=yes")

    assert "This gives back $8.99" in words(page)
    assert here.store.tables.refunds == {}
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key
    wish = {"kind": "pieces", f"piece-{soap.id}": "1", "restock": "yes", "key": key[1]}
    for _ in range(2):  # pressed twice
        assert office.post("/office/orders/1/refund", **wish).status_code == 303
    (refund,) = here.store.tables.refunds.values()
    assert (str(refund.amount), refund.state, refund.restock) == (
        "8.99 USD",
        RefundState.PENDING,
        True,
    )
    assert "On its way" in office.get("/office/orders/1").text


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"kind": "amount", "amount": "100"}, "Only 17.98 USD"),
        ({"kind": "amount", "amount": "a lot"}, "an amount such as 8.99"),
        ({"kind": "amount", "amount": "NaN"}, "an amount such as 8.99"),
        ({"kind": "amount", "amount": "-1"}, "between"),
        ({"kind": "amount", "amount": "1.001"}, "decimals"),
        ({"kind": "amount"}, "an amount such as 8.99"),
        ({"kind": "pieces"}, "say which pieces"),
        ({"kind": "pieces", "piece-1": "3"}, "2 left to refund"),
        ({"kind": "pieces", "shipping": "3"}, "more than what was paid for delivery"),
        ({"kind": "everything"}, "one of all, pieces, amount"),
    ],
)
def test_a_refund_that_cannot_be_is_refused_when_shown_and_when_asked_for(
    here: ShopOverHttp, office: Office, order: Order, wish: dict[str, str], complaint: str
) -> None:
    shown = office.client.get("/office/orders/1/refund", params=wish)
    asked = office.post("/office/orders/1/refund", **wish)

    assert 400 <= shown.status_code == asked.status_code < 500
    assert complaint in words(shown)
    assert complaint in words(asked)
    assert here.store.tables.refunds == {}


def test_everything_that_is_left_goes_back_with_the_delivery(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    office.get("/office/orders/1/refund?kind=all")
    office.post("/office/orders/1/refund", kind="all", reason="Lost by the post")

    (refund,) = here.store.tables.refunds.values()
    assert refund.amount == order.captured
    assert "Give money back" not in office.get("/office/orders/1").text


# Review


@pytest.fixture
def in_review(here: ShopOverHttp, soap: Variant) -> Order:
    """Paid with the wrong amount."""
    here.check_out((soap.id, 1, 8.99))
    order = the_order(here)
    too_little = replace(amounts_for(order), subtotal=usd("7.99"), total=usd("7.99"))
    here.notify(here.payments.pay(here.payments.sessions(order.token)[-1], amounts=too_little))
    order = the_order(here)
    assert order.state is OrderState.REVIEW
    return order


@pytest.mark.parametrize(
    ("decision", "state"), [("accept", OrderState.PAID), ("refund", OrderState.CANCELLED)]
)
def test_the_owner_decides_about_an_order_in_review(
    here: ShopOverHttp, office: Office, in_review: Order, decision: str, state: OrderState
) -> None:
    assert "Your decision" in words(office.get("/office"))
    page = office.get(f"/office/orders/{in_review.id}")
    assert "What was paid is not what it costs. $7.99 came; it costs $8.99." in words(page)

    answer = office.post(f"/office/orders/{in_review.id}/review", decision=decision, reason="ok")

    assert answer.status_code == 303
    assert the_order(here).state is state


def test_there_is_no_third_decision(here: ShopOverHttp, office: Office, in_review: Order) -> None:
    answer = office.post(f"/office/orders/{in_review.id}/review", decision="forget")

    assert answer.status_code == 422
    assert the_order(here).state is OrderState.REVIEW


# Finding


def test_orders_are_found_and_paged(
    here: ShopOverHttp, office: Office, order: Order, soap: Variant
) -> None:
    plenty = put_on_sale(here.store, pieces=100)
    for _ in range(35):
        with here.store.begin() as work:
            place(work, (plenty, 1))
    first = office.get("/office/orders")
    assert words(first).count("Unpaid order") == 30
    more = re.search(r'href="(\?[^"]+after=[^"]+)"', first.text)
    assert more

    second = office.get("/office/orders" + more[1].replace("&amp;", "&"))

    assert words(second).count("Unpaid order") == 5
    assert "No. 1 " in words(second)
    assert "Older orders" not in second.text
    for query in ("state=paid", "text=1", "text=ada", "from=2026-01-01&to=2999-01-01&text=1"):
        assert words(office.get(f"/office/orders?{query}")).count("No. 1 ") == 1
    assert "No orders here." in office.get("/office/orders?text=nobody").text


def test_a_stranger_reads_nothing_of_hers_as_markup(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    evil = "<script>alert(1)</script>"
    office.post("/office/orders/1/note", text=evil)

    for path in ("/office/orders/1", f"/office/orders?text={evil}", f"/office?said={evil}"):
        page = office.get(path).text
        assert evil not in page


@pytest.mark.parametrize(
    "query",
    ["state=nothing", "from=x", "to=2026-13-01", "after=x", "from=0001-01-01", "to=9999-12-31"],
)
def test_terms_that_cannot_be_are_said_on_the_page(office: Office, query: str) -> None:
    answer = office.get(f"/office/orders?{query}")

    assert answer.status_code == 422
    assert "Please look again" in answer.text
    assert "Find" in answer.text


@pytest.mark.parametrize("name", ["999", "0", "x", "%00", "\N{SNOWMAN}", "1" * 40])
def test_what_is_not_there_is_not_found(office: Office, name: str) -> None:
    for path in (f"/office/orders/{name}", f"/office/orders/{name}/refund"):
        answer = office.get(path)
        assert answer.status_code == 404
        assert "not found" in answer.text
    assert office.post(f"/office/orders/{name}/deliver").status_code == 404


def test_a_packing_slip_and_the_lists_are_printed_from_the_office(
    office: Office, order: Order
) -> None:
    slip = office.get("/office/orders/1/slip")
    assert "Oat &amp; Honey" in slip.text
    assert "script-src" not in slip.headers["content-security-policy"]
    for path in ("/office/make-list", "/office/pick-list"):
        assert "Oat &amp; Honey" in office.get(path).text


def test_there_are_words_for_everything_that_can_happen_to_an_order() -> None:
    assert set(EVENTS) == set(EventKind)
    assert set(STATES) == set(OrderState)
    assert set(REVIEWS) == set(ReviewReason)
    assert set(STAGES) == set(DisputeStage)
    assert set(DISPUTES) == set(DisputeState)
