"""What a buyer sees of her order, and what she does not."""

from __future__ import annotations

import logging

import pytest

from eterno.application.orders.show_to_buyer import MOST_LOOKS
from tests.support.shops import ShopOverHttp


def test_a_buyer_sees_how_far_her_order_is(here: ShopOverHttp) -> None:
    order = here.sell(2)
    ship = {"carrier": "USPS", "tracking": "9400", "link": "https://usps.example/9400"}
    here.tell(f"/orders/{order.number}/ship", ship)

    answer = here.client.get(f"/orders/{order.token}")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    seen = answer.json()
    assert (seen["token"], seen["number"], seen["state"]) == (order.token, order.number, "shipped")
    assert seen["promised_by"] == "2026-03-15T12:00:00Z"
    assert seen["email"] == "a***@example.org"
    assert seen["sums"]["total"] == 17.98
    assert [(line["name"], line["quantity"]) for line in seen["lines"]] == [("Oat & Honey", 2)]
    assert [parcel["tracking"] for parcel in seen["parcels"]] == ["9400"]


def test_she_sees_no_more_than_she_may(here: ShopOverHttp) -> None:
    order = here.sell()
    here.tell(f"/orders/{order.number}/notes", {"text": "a difficult customer"})

    answer = here.client.get(f"/orders/{order.token}")

    assert set(answer.json()) == {
        "token", "number", "state", "placed_at", "paid_at", "promised_by",
        "email", "lines", "sums", "parcels",
    }  # fmt: skip
    for secret in (
        "ada@",
        "Lovelace",
        "St James",
        "7946",
        "difficult",
        "pi_",
        "cs_",
        str(order.id),
    ):
        assert secret not in answer.text


def test_numbers_and_ids_open_nothing(here: ShopOverHttp) -> None:
    order = here.sell()

    for name in (str(order.number), str(order.id), order.session_id, "%00", "x" * 500, "%ED%A0%80"):
        assert here.client.get(f"/orders/{name}").status_code == 404


def test_the_page_after_paying_finds_its_order(here: ShopOverHttp) -> None:
    order = here.sell()

    answer = here.client.get(f"/checkout/sessions/{order.session_id}")

    assert (answer.status_code, answer.json()["token"]) == (200, order.token)
    assert here.client.get(f"/checkout/sessions/{order.token}").status_code == 404


def test_an_order_that_is_not_paid_yet_is_seen_waiting(here: ShopOverHttp) -> None:
    order = here.sell()
    here.check_out((order.lines[0].variant_id, 1, 8.99))
    waiting = here.shop.order_desk().latest(most=1)[0]

    seen = here.client.get(f"/checkout/sessions/{waiting.session_id}").json()

    assert (seen["state"], seen["number"], seen["email"]) == ("awaiting", None, None)


@pytest.mark.parametrize("path", ["/orders/{token}", "/checkout/sessions/{session}"])
def test_nobody_may_guess_for_long(here: ShopOverHttp, path: str) -> None:
    order = here.sell()
    known = path.format(token=order.token, session=order.session_id)
    statuses = [here.client.get(known + "x").status_code for _ in range(MOST_LOOKS)]

    assert set(statuses) == {404}
    answer = here.client.get(known)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_what_only_she_knows_is_not_in_the_log(
    here: ShopOverHttp, caplog: pytest.LogCaptureFixture
) -> None:
    order = here.sell()
    caplog.set_level(logging.INFO)

    here.client.get(f"/orders/{order.token}")
    here.client.get(f"/checkout/sessions/{order.session_id}")

    logged = " ".join(
        f"{record.__dict__}" for record in caplog.records if record.name == "eterno.access"
    )
    assert "/orders/" in logged
    assert order.token not in logged
