"""A buyer asks her bank for the money."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.application.checkout.hear import Outcome
from eterno.application.ports.payments import PaymentNotice
from eterno.domain.audit import Actor
from eterno.domain.catalog import Variant
from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.history import EventKind
from eterno.domain.orders import OrderState
from eterno.domain.refunds import Disputed, RefundWish
from tests.application.shop import Shop
from tests.builders import add_admin, usd

ASKED, ANSWERED = DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW
LOST, WON = DisputeState.LOST, DisputeState.WON
INQUIRY, CHARGEBACK = DisputeStage.INQUIRY, DisputeStage.CHARGEBACK


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return add_admin(shop.store)


@pytest.fixture(autouse=True)
def sold(shop: Shop, soap: Variant) -> None:
    shop.checkout((soap, 3))
    shop.hear(shop.payments.pay(shop.session))


def dispute(shop: Shop, state: DisputeState) -> PaymentNotice:
    return shop.payments.dispute(shop.session, state)


def news(shop: Shop) -> list[dict[str, str]]:
    tasks = (filed.task for filed in shop.store.tables.outbox.values())
    return [dict(task.facts) for task in tasks if task.reaction == "report_dispute"]


def test_the_owner_learns_what_is_asked_and_until_when_to_answer(shop: Shop) -> None:
    assert shop.hear(dispute(shop, ASKED)) is Outcome.DISPUTE

    (told,) = news(shop)
    assert told == {
        "order_id": str(shop.order.id),
        "dispute_id": "du_1",
        "amount": "26.97 USD",
        "reason": "product not received",
        "state": "needs_response",
        "due_by": "2026-03-08 12:00 UTC",
        "refundable": "False",
        "left": "",
    }


def test_the_order_knows_and_goes_on(shop: Shop) -> None:
    shop.hear(dispute(shop, ASKED))

    known = shop.order.dispute
    assert known is not None
    assert (known.id, known.state, known.amount) == ("du_1", ASKED, usd("26.97"))
    assert known.due_by == shop.clock.now() + timedelta(days=7)
    assert shop.order.state is OrderState.PAID
    event = shop.store.tables.history[-1]
    assert event.kind is EventKind.DISPUTE
    assert event.facts == {
        "dispute": "du_1",
        "state": "needs_response",
        "amount": 2697,
        "currency": "USD",
        "reason": "product_not_received",
        "due_by": "2026-03-08T12:00:00+00:00",
    }


def test_the_owner_hears_of_beginning_and_end_and_not_of_what_she_did_herself(
    shop: Shop,
) -> None:
    for state in (ASKED, ANSWERED, LOST):
        assert shop.hear(dispute(shop, state)) is Outcome.DISPUTE

    assert [told["state"] for told in news(shop)] == ["needs_response", "lost"]
    assert news(shop)[-1]["due_by"] == ""


def test_what_is_over_stays_over(shop: Shop) -> None:
    asked, answered = dispute(shop, ASKED), dispute(shop, ANSWERED)
    shop.hear(dispute(shop, WON))

    assert shop.hear(asked) is Outcome.NOTHING_NEW
    assert shop.hear(answered) is Outcome.NOTHING_NEW
    assert shop.order.dispute is not None
    assert shop.order.dispute.state is WON


def test_an_inquiry_that_becomes_a_chargeback_has_another_date(shop: Shop) -> None:
    for state, stage in ((ASKED, INQUIRY), (ANSWERED, INQUIRY), (ASKED, CHARGEBACK)):
        shop.hear(shop.payments.dispute(shop.session, state, stage=stage))
        shop.wait(days=10)

    assert [told["due_by"] for told in news(shop)] == [
        "2026-03-08 12:00 UTC",
        "2026-03-28 12:00 UTC",
    ]


def test_late_news_does_not_go_back(shop: Shop) -> None:
    asked, answered = dispute(shop, ASKED), dispute(shop, ANSWERED)
    shop.hear(answered)

    assert shop.hear(asked) is Outcome.NOTHING_NEW
    assert shop.order.dispute is not None
    assert shop.order.dispute.state is ANSWERED


def test_an_inquiry_ends_when_the_money_is_given_back(shop: Shop, rosa: Actor) -> None:
    shop.hear(shop.payments.dispute(shop.session, ASKED, stage=INQUIRY))

    assert news(shop)[0]["refundable"] == "True"
    shop.refund_order(rosa, shop.order.id, RefundWish())


def test_what_is_left_of_a_cancelled_order_when_the_bank_has_decided_is_said(
    shop: Shop, rosa: Actor
) -> None:
    shop.hear(dispute(shop, ASKED))
    shop.cancel_order(rosa, shop.order.id)

    shop.hear(dispute(shop, WON))

    assert news(shop)[-1]["left"] == "26.97 USD"


def test_a_loss_is_told_though_another_dispute_is_open(shop: Shop) -> None:
    shop.hear(dispute(shop, ASKED))
    shop.hear(shop.payments.dispute(shop.session, ASKED, id="du_2"))

    assert shop.hear(dispute(shop, LOST)) is Outcome.DISPUTE
    shop.hear(shop.payments.dispute(shop.session, WON, id="du_2"))

    assert shop.order.dispute is not None
    assert shop.order.dispute.claims_money
    assert [told["state"] for told in news(shop)][-2:] == ["lost", "won"]


def test_while_the_bank_decides_nothing_is_given_back(shop: Shop, rosa: Actor) -> None:
    shop.hear(dispute(shop, ASKED))

    with pytest.raises(Disputed):
        shop.refund_order(rosa, shop.order.id, RefundWish())
    shop.hear(dispute(shop, WON))

    shop.refund_order(rosa, shop.order.id, RefundWish())


@pytest.mark.parametrize("intent", [None, "pi_nobody's"])
def test_a_dispute_about_a_payment_we_do_not_know_is_the_owners(
    shop: Shop, intent: str | None
) -> None:
    notice = dispute(shop, ASKED)
    assert notice.dispute is not None
    strange = replace(notice, dispute=replace(notice.dispute, intent_id=intent))

    assert shop.hear(strange) is Outcome.REPORTED
    assert news(shop) == []
    filed = [*shop.store.tables.outbox.values()][-1]
    assert filed.task.reaction == "pass_alert_on"
    assert filed.task.facts["amount"] == "26.97 USD"
    assert filed.task.facts["due"] == "2026-03-08 12:00 UTC"
