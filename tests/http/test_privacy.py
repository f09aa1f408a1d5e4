"""What is known of a buyer, over HTTP."""

from __future__ import annotations

import pytest

from tests.support.shops import ShopOverHttp

ADA = "ada@example.org"
MESSAGE = {"name": "Ada", "email": ADA, "message": "Is it vegan?"}


def deliver(here: ShopOverHttp) -> int:
    """Somebody bought a soap and has it; the order's number."""
    number = here.sell(1).number
    assert number is not None
    here.tell(f"/orders/{number}/deliver")
    return number


@pytest.mark.parametrize("path", ["/privacy/export", "/privacy/erase"])
def test_only_an_admin_asks(here: ShopOverHttp, path: str) -> None:
    assert here.client.post(path, json={"email": ADA, "confirm": ADA}).status_code == 401
    assert here.ask(path).status_code == 405


def test_all_that_is_kept_is_told(here: ShopOverHttp) -> None:
    number = deliver(here)
    here.client.post("/contact", json=MESSAGE)

    answer = here.tell("/privacy/export", {"email": "ADA@example.org"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    file = answer.json()
    [order] = file["orders"]
    assert order["order"]["number"] == number
    assert order["order"]["buyer"]["ship_to"]["city"] == "London"
    assert order["network_address"]
    assert [line["kind"] for line in order["timeline"]] == ["placed", "paid", "delivered"]
    assert order["payment_session"].startswith("cs_")
    assert order["refunds"] == []
    assert {letter["what"] for letter in file["letters"]} == {"confirm_order", "report_sale"}
    assert [message["message"] for message in file["messages"]] == ["Is it vegan?"]
    assert file["email"] == "ADA@example.org"


def test_a_buyer_is_forgotten(here: ShopOverHttp) -> None:
    number = deliver(here)
    here.client.post("/contact", json=MESSAGE)

    answer = here.tell("/privacy/erase", {"email": ADA, "confirm": "Ada@Example.org"})

    assert (answer.status_code, answer.json()) == (200, {"orders": 1, "messages": 1})
    assert here.tell("/privacy/erase", {"email": ADA, "confirm": ADA}).json() == {
        "orders": 0,
        "messages": 0,
    }
    shown = here.ask(f"/orders/{number}/details").json()
    assert shown["order"]["buyer"] is None
    assert shown["timeline"][-1]["kind"] == "forgotten"
    assert here.ask("/orders", text=ADA).json()["orders"] == []


def test_the_address_must_be_given_twice(here: ShopOverHttp) -> None:
    deliver(here)

    answer = here.tell("/privacy/erase", {"email": ADA, "confirm": "adda@example.org"})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "confirm", "message": "not the same address"}]
    assert len(here.ask("/orders", text=ADA).json()["orders"]) == 1


def test_whoever_is_still_needed_is_not_forgotten(here: ShopOverHttp) -> None:
    number = here.sell(1).number

    answer = here.tell("/privacy/erase", {"email": ADA, "confirm": ADA})

    assert (answer.status_code, answer.json()["code"]) == (409, "still_needed")
    assert answer.json()["orders"] == [{"order": str(number), "why": "it was not sent"}]


@pytest.mark.parametrize("email", ["", "ada", "a\0b@example.org", "ada@example.org,x@example.org"])
def test_it_must_be_an_address(here: ShopOverHttp, email: str) -> None:
    assert here.tell("/privacy/export", {"email": email}).status_code == 422
    assert here.tell("/privacy/erase", {"email": email, "confirm": email}).status_code == 422
