"""Orders over HTTP, for admins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from eterno.adapters.memory.payments import amounts_of
from eterno.domain.orders import Order
from tests.builders import put_on_sale, usd
from tests.support.shops import ShopOverHttp

SHIP = {"carrier": "USPS", "tracking": "9400 1"}
DEEDS: dict[str, Any] = {
    "production": None,
    "ship": SHIP,
    "deliver": None,
    "cancel": {},
    "notes": {"text": "hello"},
    "review": {"decision": "accept"},
    "refunds": {"full": True},
}


@pytest.fixture
def order(here: ShopOverHttp) -> Order:
    """Two soaps of 8.99, paid."""
    return here.sell(2)


def details(here: ShopOverHttp, order: Order) -> Any:
    answer = here.ask(f"/orders/{order.number or order.id}/details")
    assert answer.status_code == 200, answer.text
    return answer.json()


def work(here: ShopOverHttp) -> None:
    while here.shop.deliver_outbox()():
        pass


# Who may


@pytest.mark.parametrize("deed", DEEDS)
def test_only_an_admin_does_anything(here: ShopOverHttp, order: Order, deed: str) -> None:
    for path in (f"/orders/{order.number}/{deed}", f"/orders/999/{deed}"):
        assert here.client.post(path, json=DEEDS[deed]).status_code == 401
    assert here.shop.order_desk().find(order.token) == order


def test_only_an_admin_looks_or_sells(here: ShopOverHttp, order: Order) -> None:
    for path in ("/orders", f"/orders/{order.token}/details"):
        assert here.client.get(path).status_code == 401
    assert here.client.post("/orders", json={"items": []}).status_code == 401


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_not_there_is_not_found(here: ShopOverHttp, deed: str) -> None:
    for name in ("999", "nobody", "%00"):
        assert here.tell(f"/orders/{name}/{deed}", DEEDS[deed]).status_code == 404


# Looking


def test_an_order_is_shown_whole_by_each_of_its_names(here: ShopOverHttp, order: Order) -> None:
    shown = details(here, order)

    assert shown["order"]["id"] == str(order.id)
    assert shown["order"]["buyer"]["email"] == "ada@example.org"
    assert shown["order"]["buyer"]["ship_to"]["city"] == "London"
    assert shown["order"]["sums"]["captured"] == 17.98
    assert [event["kind"] for event in shown["timeline"]] == ["placed", "paid"]
    assert shown["refunds"] == []
    for name in (order.token, str(order.id)):
        assert here.ask(f"/orders/{name}/details").json() == shown


def test_answers_about_people_are_not_kept(here: ShopOverHttp, order: Order) -> None:
    for path in ("/orders", f"/orders/{order.number}/details"):
        assert here.ask(path).headers["Cache-Control"] == "no-store"


def test_orders_are_listed_page_by_page(here: ShopOverHttp) -> None:
    sold = [here.sell(1) for _ in range(5)]
    seen: list[int] = []
    after = ""
    for _ in range(3):
        page = here.ask("/orders", limit="2", after=after).json()
        seen += [order["number"] for order in page["orders"]]
        after = page["next"] or ""

    assert seen == [order.number for order in reversed(sold)]
    assert after == ""


def test_a_suspicion_of_fraud_is_shown(here: ShopOverHttp, order: Order) -> None:
    assert details(here, order)["order"]["fraud_warning"] is False
    with here.shop.store().begin() as book:
        book.orders.save(replace(book.orders.hold(order.id), fraud_warning=True))

    assert details(here, order)["order"]["fraud_warning"] is True
    assert here.ask("/orders").json()["orders"][0]["fraud_warning"] is True


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ({"state": "paid"}, True),
        ({"state": "shipped"}, False),
        ({"text": "ADA@example.org"}, True),
        ({"text": "lovelace"}, True),
        ({"text": "babbage"}, False),
        ({"text": "a\0b"}, False),
        ({"from": "2026-03-01"}, True),
        ({"from": "2026-03-02"}, False),
        ({"to": "2026-03-01T12:00:00+01:00"}, False),
        ({"to": "2026-03-02"}, True),
    ],
)
def test_orders_are_found(
    here: ShopOverHttp, order: Order, terms: dict[str, str], found: bool
) -> None:
    page = here.ask("/orders", **terms).json()

    assert [shown["id"] for shown in page["orders"]] == ([str(order.id)] if found else [])


@pytest.mark.parametrize(
    "terms",
    [
        {"state": "lost"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "x"},
        {"limit": "\u0661"},
        {"from": "yesterday"},
        {"from": "0001-01-01T00:00:00+23:00"},
        {"to": "\0"},
        {"after": "7"},
    ],
)
def test_a_wrong_term_is_named(here: ShopOverHttp, terms: dict[str, str]) -> None:
    answer = here.ask("/orders", **terms)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in terms


# Fulfilment


def test_an_order_is_made_sent_and_arrives(here: ShopOverHttp, order: Order) -> None:
    path = f"/orders/{order.number}"
    states = [
        here.tell(f"{path}/production").json()["order"]["state"],
        here.tell(f"{path}/ship", SHIP).json()["order"]["state"],
        here.tell(f"{path}/deliver").json()["order"]["state"],
    ]

    assert states == ["in_production", "shipped", "delivered"]
    timeline = details(here, order)["timeline"]
    assert [(event["kind"], event["actor"]) for event in timeline[2:]] == [
        ("in_production", "rosa"),
        ("parcel", "rosa"),
        ("shipped", "rosa"),
        ("delivered", "rosa"),
    ]


def test_parcels_may_be_several(here: ShopOverHttp, order: Order) -> None:
    variant = order.lines[0].variant_id
    one = {**SHIP, "lines": [{"variant_id": variant, "quantity": 1}]}

    first = here.tell(f"/orders/{order.number}/ship", one).json()["order"]
    again = here.tell(f"/orders/{order.number}/ship", one).json()["order"]
    rest = here.tell(f"/orders/{order.number}/ship", {"carrier": "UPS"}).json()["order"]

    assert [shown["state"] for shown in (first, again, rest)] == ["paid", "paid", "shipped"]
    assert [parcel["lines"] for parcel in rest["parcels"]] == [
        [{"variant_id": variant, "quantity": 1}]
    ] * 2


def test_what_cannot_be_done_now_is_a_conflict_that_says_why(
    here: ShopOverHttp, order: Order
) -> None:
    here.tell(f"/orders/{order.number}/deliver")

    answer = here.tell(f"/orders/{order.number}/ship", SHIP)

    assert answer.status_code == 409
    assert answer.json()["code"] == "not_possible_now"
    assert answer.json()["state"] == "delivered"


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("ship", {}),
        ("ship", {"carrier": ""}),
        ("ship", {"carrier": "USPS", "link": "javascript:alert(1)"}),
        ("ship", {"carrier": "USPS", "lines": []}),
        ("ship", {"carrier": "USPS", "lines": [{"variant_id": 10**30, "quantity": 1}]}),
        ("ship", {"carrier": "USPS", "lines": [{"variant_id": 1, "quantity": 1}] * 2}),
        ("ship", {"carrier": "USPS", "colour": "brown"}),
        ("notes", {"text": ""}),
        ("notes", {"text": "a\u0000b"}),
        ("review", {"decision": "perhaps"}),
        ("refunds", {}),
        ("refunds", {"full": True, "amount": 1}),
        ("refunds", {"amount": 0}),
        ("refunds", {"amount": 1.001}),
        ("refunds", {"amount": "1"}),
        ("refunds", {"lines": [{"variant_id": 1, "quantity": 0}]}),
        ("refunds", {"shipping": 1}),
        ("refunds", {"full": True, "reason": "x" * 501}),
        ("cancel", {"reason": "a\u0007b"}),
    ],
)
def test_what_cannot_be_meant_is_refused(
    here: ShopOverHttp, order: Order, deed: str, body: dict[str, Any]
) -> None:
    answer = here.tell(f"/orders/{order.number}/{deed}", body)

    assert answer.status_code == 422, answer.text
    assert here.shop.order_desk().find(order.token) == order


def test_a_note_is_for_the_shop_only(here: ShopOverHttp, order: Order) -> None:
    answer = here.tell(f"/orders/{order.number}/notes", {"text": "Ring twice"})

    assert answer.status_code == 201
    assert answer.json()["timeline"][-1]["words"] == "Ring twice"


# Money back


def test_money_is_given_back_in_part_and_then_whole(here: ShopOverHttp, order: Order) -> None:
    path = f"/orders/{order.number}/refunds"
    some = here.tell(path, {"amount": 5, "reason": "late"})
    work(here)
    rest = here.tell(path, {"full": True})
    work(here)

    assert (some.status_code, some.json()["state"], some.json()["amount"]) == (201, "pending", 5.0)
    assert rest.json()["amount"] == 12.98
    shown = details(here, order)
    assert [refund["state"] for refund in shown["refunds"]] == ["succeeded"] * 2
    assert shown["order"]["sums"]["refunded"] == 17.98


def test_pieces_are_given_back_and_come_back(here: ShopOverHttp, order: Order) -> None:
    line = {"variant_id": order.lines[0].variant_id, "quantity": 1}

    refund = here.tell(f"/orders/{order.number}/refunds", {"lines": [line], "restock": True})
    work(here)

    assert refund.json()["lines"] == [line]
    assert refund.json()["goods"] == 8.99
    assert here.store.tables.shelves[line["variant_id"]].on_hand == 9


def test_more_than_is_left_is_a_conflict_that_says_what_is(
    here: ShopOverHttp, order: Order
) -> None:
    answer = here.tell(f"/orders/{order.number}/refunds", {"amount": 17.99})

    assert answer.status_code == 409
    assert (answer.json()["code"], answer.json()["left"]) == ("refund_too_large", 17.98)


def test_the_same_key_gives_the_same_refund(here: ShopOverHttp, order: Order) -> None:
    path, key = f"/orders/{order.number}/refunds", {"Idempotency-Key": "r-1"}
    first, again = (here.tell(path, {"amount": 5}, **key).json() for _ in range(2))
    other = here.tell(path, {"amount": 6}, **key)

    assert first == again
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_an_order_is_cancelled(here: ShopOverHttp, order: Order) -> None:
    answer = here.tell(f"/orders/{order.number}/cancel", {"reason": "the cat"})
    work(here)

    assert answer.json()["order"]["state"] == "cancelled"
    assert details(here, order)["order"]["sums"]["refunded"] == 17.98


@pytest.mark.parametrize(("decision", "state"), [("accept", "paid"), ("refund", "cancelled")])
def test_an_order_in_review_is_decided_about(here: ShopOverHttp, decision: str, state: str) -> None:
    soap = put_on_sale(here.store)
    url = here.check_out((soap.id, 1, 8.99)).json()["url"]
    waiting = here.shop.order_desk().latest(most=1)[0]
    odd = replace(amounts_of(waiting), total=usd("5.00"))
    here.notify(here.payments.pay(here.payments.session_at(url), amounts=odd))
    assert details(here, waiting)["order"]["review"] == "amount_mismatch"

    answer = here.tell(f"/orders/{waiting.id}/review", {"decision": decision, "reason": "fine"})

    assert (answer.status_code, answer.json()["order"]["state"]) == (200, state)


# Sold by hand


def test_a_sale_at_the_stall_is_written_down(here: ShopOverHttp) -> None:
    soap = put_on_sale(here.store)
    sale = {"items": [{"id": soap.id, "quantity": 2}], "discount": 1.98, "email": "ada@b.org"}
    key = {"Idempotency-Key": "m-1"}

    answer = here.tell("/orders", sale, **key)

    assert answer.status_code == 201
    assert answer.json()["order"]["state"] == "delivered"
    assert answer.json()["order"]["sums"]["captured"] == 16.0
    assert here.store.tables.shelves[soap.id].on_hand == 8
    assert here.tell("/orders", sale, **key).json() == answer.json()


@pytest.mark.parametrize(
    ("sale", "status"),
    [
        ({"items": []}, 422),
        ({"items": [{"id": 1, "quantity": 0}]}, 422),
        ({"items": [{"id": 1, "quantity": 1}] * 2}, 422),
        ({"items": [{"id": 1, "quantity": 1}], "discount": 9}, 422),
        ({"items": [{"id": 999, "quantity": 1}]}, 404),
        ({"items": [{"id": 10**30, "quantity": 1}]}, 404),
        ({"items": [{"id": 1, "quantity": 11}]}, 409),
    ],
)
def test_what_cannot_be_sold_is_not(here: ShopOverHttp, sale: dict[str, Any], status: int) -> None:
    put_on_sale(here.store)

    assert here.tell("/orders", sale).status_code == status
    assert here.store.tables.orders == {}


def test_both_forms_of_the_list_answer(here: ShopOverHttp, order: Order) -> None:
    assert here.ask("/orders/").json() == here.ask("/orders").json()
