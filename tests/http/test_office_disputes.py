"""Money that a bank has claimed, and cards that one suspects, in the office, over memory."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.orders import Order, OrderState
from tests.builders import amounts_for, put_on_sale, usd
from tests.support.office import Office, words
from tests.support.shops import ShopOverHttp
from tests.support.signing_in import GOOD


@pytest.fixture
def office(here: ShopOverHttp) -> Office:
    """Rosa, inside."""
    here.shop.create_admin()("rosa", GOOD)
    office = Office(here.client)
    office.enter()
    return office


@pytest.fixture
def order(here: ShopOverHttp) -> Order:
    """Two soaps at 8.99, paid: number 1."""
    here.sell()
    return the_order(here)


@pytest.fixture
def in_review(here: ShopOverHttp) -> Order:
    """Paid with the wrong amount."""
    soap = put_on_sale(here.store)
    here.check_out((soap.id, 1, 8.99))
    order = the_order(here)
    too_little = replace(amounts_for(order), subtotal=usd("7.99"), total=usd("7.99"))
    here.notify(here.payments.pay(here.payments.sessions(order.token)[-1], amounts=too_little))
    order = the_order(here)
    assert order.state is OrderState.REVIEW
    return order


def the_order(here: ShopOverHttp) -> Order:
    """The only one, as it is now."""
    (order,) = here.store.tables.orders.values()
    return order


def disputed(
    here: ShopOverHttp,
    order: Order,
    state: DisputeState,
    stage: DisputeStage = DisputeStage.CHARGEBACK,
) -> None:
    """The payment service tells of it."""
    assert order.session_id
    here.notify(here.payments.dispute(order.session_id, state, stage=stage))


def test_disputes_are_told_on_the_first_page(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    disputed(here, order, DisputeState.NEEDS_RESPONSE)

    assert "Disputed" in words(office.get("/office"))
    page = words(office.get("/office/orders/1"))
    assert "the buyer has asked her bank for $17.98" in page
    assert "A chargeback: the bank claims the money. It needs your answer." in page
    due_by = here.clock.now() + timedelta(days=7)
    assert f"Answer at the payment service by {due_by.day} " in page
    assert "giving it back as well would pay her twice" in page
    assert "Give money back" not in page


@pytest.mark.parametrize(
    ("state", "stage", "told"),
    [
        (
            DisputeState.NEEDS_RESPONSE,
            DisputeStage.INQUIRY,
            "It needs your answer. .* \\$17.98 can still be given back, which ends it.",
        ),
        (
            DisputeState.UNDER_REVIEW,
            DisputeStage.APPEAL,
            "An appeal: .* The bank decides. .* answer the dispute instead.",
        ),
        (DisputeState.WON, DisputeStage.CHARGEBACK, "Won: .* \\$17.98 can still be given back."),
        (DisputeState.LOST, DisputeStage.CHARGEBACK, "Lost: .* bank has given her this money"),
    ],
)
def test_how_a_dispute_stands_and_what_can_still_go_back_is_on_the_orders_page(
    here: ShopOverHttp,
    office: Office,
    order: Order,
    state: DisputeState,
    stage: DisputeStage,
    told: str,
) -> None:
    disputed(here, order, state, stage)

    page = words(office.get("/office/orders/1"))

    assert re.search(told, page)
    assert ("Answer at the payment service by" in page) is (state is DisputeState.NEEDS_RESPONSE)


def test_what_was_given_back_in_an_inquiry_is_not_offered_again(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    disputed(here, order, DisputeState.NEEDS_RESPONSE, DisputeStage.INQUIRY)

    assert office.post("/office/orders/1/refund", kind="all").status_code == 303

    assert "Nothing is left to give back." in words(office.get("/office/orders/1"))


def test_money_that_a_bank_has_claimed_is_not_given_back_and_why_is_said(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    disputed(here, order, DisputeState.NEEDS_RESPONSE)

    before = office.get("/office/orders/1/refund")
    asked = office.post("/office/orders/1/refund", kind="all")

    why = "giving it back as well would pay her twice: answer the dispute instead"
    assert (before.status_code, asked.status_code) == (200, 409)
    for page in (before, asked):
        assert "Nothing of $17.98 can go back now." in words(page)
        assert why in words(page)
        assert "What for" not in words(page)
    assert here.store.tables.refunds == {}


def test_cancelling_says_that_claimed_money_stays_before_and_after(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    disputed(here, order, DisputeState.UNDER_REVIEW)
    assert "Its money does not: the buyer" in words(office.get("/office/orders/1"))

    answer = office.post("/office/orders/1/cancel")

    assert answer.headers["location"] == "/office/orders/1?said=cancelled-claimed"
    page = words(office.get(answer.headers["location"]))
    assert "Cancelled. The money does not go back" in page
    assert "What was paid goes back" not in page
    assert here.store.tables.refunds == {}


def test_the_same_is_said_of_an_order_in_review(
    here: ShopOverHttp, office: Office, in_review: Order
) -> None:
    disputed(here, in_review, DisputeState.UNDER_REVIEW)
    path = f"/office/orders/{in_review.id}"
    assert "Cancel; the bank has claimed the money" in words(office.get(path))

    answer = office.post(f"{path}/review", decision="refund")

    assert answer.headers["location"].endswith("said=cancelled-claimed")


def test_a_suspect_card_is_told_of_until_the_order_is_sent(
    here: ShopOverHttp, office: Office, order: Order
) -> None:
    assert order.session_id
    assert "All is well." in office.get("/office").text
    here.notify(here.payments.warn(order.session_id))

    assert "All is well." not in office.get("/office").text
    for path in ("/office", "/office/orders"):
        assert "Suspect card" in words(office.get(path))
    page = words(office.get("/office/orders/1"))
    assert "somebody else has paid with the buyer" in page
    assert "Be sure of her before anything is sent" in page

    office.post(
        "/office/orders/1/ship", carrier="UPS", **{f"piece-{order.lines[0].variant_id}": "2"}
    )

    assert "All is well." in office.get("/office").text
    page = words(office.get("/office/orders/1"))
    assert "Suspect card" in page
    assert "Be sure of her" not in page
