"""Payment notices over HTTP."""

from eterno.adapters.memory.payments import Trouble
from eterno.entrypoints.outside import WEBHOOK_PATH
from tests.builders import put_on_sale
from tests.support.shops import ShopOverHttp


def test_a_genuine_notice_pays_the_order(here: ShopOverHttp) -> None:
    soap = put_on_sale(here.store, pieces=5)
    url = here.check_out((soap.id, 2, 8.99)).json()["url"]

    answer = here.notify(here.payments.pay(here.payments.session_at(url)))

    assert (answer.status_code, answer.json()) == (200, {"outcome": "paid"})
    [order] = here.shop.order_desk().latest()
    assert order.number is not None


def test_a_repeated_notice_is_answered_200_and_changes_nothing(here: ShopOverHttp) -> None:
    soap = put_on_sale(here.store, pieces=5)
    url = here.check_out((soap.id, 2, 8.99)).json()["url"]
    notice = here.payments.pay(here.payments.session_at(url))

    outcomes = [here.notify(notice).json()["outcome"] for _ in range(3)]

    assert outcomes == ["paid", "repeated", "repeated"]
    [shown] = here.client.get(f"/products/{soap.product_id}/variants").json()
    assert shown["stock_quantity"] == 3


def test_a_forged_notice_is_400_and_says_nothing_more(here: ShopOverHttp) -> None:
    for headers in ({}, {"Stripe-Signature": "t=1,v1=abc"}, {"Stripe-Signature": "\x7f" * 9}):
        answer = here.client.post(WEBHOOK_PATH, content=b'{"id": "evt_1"}', headers=headers)
        assert answer.status_code == 400
        assert answer.json()["code"] == "forged_notice"


def test_a_notice_may_be_larger_than_other_requests_but_not_endless(here: ShopOverHttp) -> None:
    answer = here.client.post(WEBHOOK_PATH, content=b"x" * 300_000)
    assert answer.status_code == 400
    answer = here.client.post(WEBHOOK_PATH, content=b"x" * 600_000)
    assert answer.status_code == 413


def test_a_notice_about_something_else_is_heard_and_ignored(here: ShopOverHttp) -> None:
    answer = here.notify(here.payments.say("customer.created"))
    assert (answer.status_code, answer.json()) == (200, {"outcome": "ignored"})


def test_hearing_needs_no_answer_from_the_payment_service(here: ShopOverHttp) -> None:
    soap = put_on_sale(here.store, pieces=5)
    url = here.check_out((soap.id, 1, 8.99)).json()["url"]
    notice = here.payments.pay(here.payments.session_at(url))
    here.payments.trouble = Trouble.SILENT_BEFORE
    assert here.notify(notice).json() == {"outcome": "paid"}
