"""What goes wrong between the shop and Stripe, and how it ends all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from eterno.adapters.stripe import wire
from eterno.domain.orders import OrderState, ReviewReason
from eterno.entrypoints.worker import jobs_of
from tests.scenarios.stripe_world import StripeWorld, session_of, stripe_world
from tests.scenarios.world import ROSA
from tests.support.stripe_stand_in import SECRET, Trouble

KEY = {"Idempotency-Key": "one-basket-one-order"}
SESSIONS = "/v1/checkout/sessions"
OWNER = "owner@example.com"


@pytest.fixture
def world(database_uri: str, tmp_path: Path) -> Iterator[StripeWorld]:
    """Its books must balance in the end."""
    with stripe_world(database_uri, tmp_path) as world:
        yield world
        world.check()


def payable(world: StripeWorld) -> list[str]:
    """The sessions that could be paid now."""
    return [id for id, session in world.stripe.sessions.items() if session["status"] == "open"]


def changed(event: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The event with another session in it."""
    return {**event, "data": {"object": {**event["data"]["object"], **changes}}}


# Asking for a page


def test_what_stripe_is_asked_for_comes_from_the_settings(world: StripeWorld) -> None:
    world.page(world.soap(pieces=3), 2)

    [question] = world.stripe.asked("POST", SESSIONS)
    asked = question.fields
    assert asked["success_url"] == "https://shop.example/success?session_id={CHECKOUT_SESSION_ID}"
    assert asked["cancel_url"] == "https://shop.example/cancel"
    assert asked["shipping_address_collection"] == {"allowed_countries": ["US", "DE"]}
    assert asked["allow_promotion_codes"] == "true"
    assert asked["automatic_tax"] == {"enabled": "false"}
    assert [
        (way["shipping_rate_data"]["display_name"], way["shipping_rate_data"]["fixed_amount"])
        for way in asked["shipping_options"]
    ] == [
        ("Post", {"amount": "0", "currency": "usd"}),
        ("Courier", {"amount": "1250", "currency": "usd"}),
    ]


@pytest.mark.parametrize("trouble", Trouble)
def test_after_any_trouble_the_buyers_retry_gets_the_one_page_that_can_be_paid(
    world: StripeWorld, trouble: Trouble
) -> None:
    soap = world.soap(pieces=5)
    world.stripe.trouble = trouble
    refused = world.check_out(soap, 2, **KEY)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert "stripe" not in refused.text.lower()
    assert world.on_sale(soap) == 3

    world.stripe.trouble = None
    answer = world.check_out(soap, 2, **KEY)

    assert answer.status_code == 200
    assert payable(world) == [session_of(answer.json()["url"])]
    world.pay(answer.json()["url"])
    world.post()
    assert world.order().state is OrderState.PAID
    assert world.on_sale(soap) == 3


def test_a_failure_that_stripe_remembers_does_not_keep_the_buyer_away(world: StripeWorld) -> None:
    soap = world.soap(pieces=5)
    world.stripe.trouble = Trouble.FAILING
    for _ in range(3):
        assert world.check_out(soap, 1, **KEY).status_code == 503
    world.stripe.trouble = None

    assert world.check_out(soap, 1, **KEY).status_code == 200
    keys = [question.idempotency_key for question in world.stripe.asked("POST", SESSIONS)]
    assert len(set(keys)) == len(keys) == 4


@pytest.mark.parametrize("trouble", [Trouble.SILENT_AFTER, Trouble.FAILING])
def test_without_a_key_a_page_that_nobody_knows_holds_nothing(
    world: StripeWorld, trouble: Trouble
) -> None:
    soap = world.soap(pieces=5)
    world.stripe.trouble = trouble
    assert world.check_out(soap, 2).status_code == 503

    assert world.on_sale(soap) == 5
    assert world.order().state is OrderState.EXPIRED


def test_while_stripe_is_silent_no_stock_is_released(world: StripeWorld) -> None:
    soap = world.soap(pieces=2)
    world.page(soap, 2)
    world.wait(timedelta(minutes=32))
    for trouble in Trouble:
        world.stripe.trouble = trouble
        world.sweep()
        assert world.on_sale(soap) == 0
        assert world.order().state is OrderState.AWAITING

    world.stripe.trouble = None
    world.sweep()
    assert world.on_sale(soap) == 2


# Notices


def test_a_notice_heard_twice_late_and_again_pays_once(world: StripeWorld) -> None:
    soap = world.soap(pieces=3)
    world.pay(world.page(soap))
    [sealed] = world.stripe.post()

    outcomes = [world.bring(*sealed).json()["outcome"] for _ in range(3)]
    world.wait(timedelta(days=3))
    outcomes.append(
        world.bring(*world.stripe.sealed(world.stripe.events[0].body)).json()["outcome"]
    )

    assert outcomes == ["paid", "repeated", "repeated", "repeated"]
    assert world.on_sale(soap) == 2
    world.work()
    assert len(world.letters()) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_notices_in_any_order_have_the_same_end(world: StripeWorld, order: tuple[int, ...]) -> None:
    soap = world.soap(pieces=3)
    page = world.page(soap)
    world.pay_later(page)
    world.money_comes(page)
    post = world.stripe.post()

    for place in order:
        assert world.bring(*post[place]).status_code == 200

    assert world.order().state is OrderState.PAID
    assert world.on_sale(soap) == 2
    world.work()
    assert len(world.letters()) == 2


@pytest.mark.parametrize(
    ("lie", "reason", "captured"),
    [
        ({"amount_subtotal": 1, "amount_total": 1}, ReviewReason.AMOUNT_MISMATCH, 1),
        ({"amount_total": 1}, ReviewReason.AMOUNT_MISMATCH, 1),
        ({"currency": "eur"}, ReviewReason.CURRENCY_MISMATCH, 0),
    ],
)
def test_money_that_does_not_fit_is_for_the_owner_to_decide(
    world: StripeWorld, lie: dict[str, Any], reason: ReviewReason, captured: int
) -> None:
    world.stripe.pay(session_of(world.page(world.soap(pieces=3))), ROSA, **lie)
    world.post()
    world.work()

    order = world.order()
    assert (order.state, order.review) == (OrderState.REVIEW, reason)
    assert order.captured.minor == captured
    assert OWNER in [to for to, _ in world.letters()]


def test_money_for_an_order_we_do_not_know_is_reported(world: StripeWorld) -> None:
    page = world.page(world.soap(pieces=3))
    world.pay(page)
    [event] = [event.body for event in world.stripe.events]
    stranger = changed(event, client_reference_id="not-ours", metadata={})

    answer = world.bring(*world.stripe.sealed(stranger))
    world.work()

    assert (answer.status_code, answer.json()) == (200, {"outcome": "stray"})
    [(to, subject)] = world.letters()
    assert (to, subject.split(",")[0]) == (OWNER, "Please look: a payment without an order")
    assert world.order().state is OrderState.AWAITING


def test_what_stripe_did_not_sign_just_now_for_us_is_refused_and_forgotten(
    world: StripeWorld,
) -> None:
    world.pay(world.page(world.soap(pieces=3)))
    [event] = [event.body for event in world.stripe.events]
    body, signature = world.stripe.sealed(event)
    live = {**event, "livemode": True}
    now = int(event["created"])

    forged = [
        (body, ""),
        (body, wire.sign(body, "whsec_other", now)),
        (body.replace(b"paid", b"PAID"), signature),
        (body, wire.sign(body, SECRET, now - 301)),  # overheard and replayed
        world.stripe.sealed(live),
    ]
    assert [world.bring(*sealed).status_code for sealed in forged] == [400] * len(forged)
    assert world.order().state is OrderState.AWAITING

    assert world.bring(body, signature).json() == {"outcome": "paid"}


def test_a_dispute_and_a_warning_reach_the_owner(world: StripeWorld) -> None:
    world.pay(world.page(world.soap(pieces=3)))
    world.post()
    order = world.order()
    world.stripe.warn(str(order.session_id))
    world.dispute(order)
    world.post()
    world.work()

    told = [subject for to, subject in world.letters() if to == OWNER]
    assert f"Please look: the payment of order {order.number}" in told
    assert any(subject.startswith("Please answer: a dispute") for subject in told)


def test_a_dispute_of_a_payment_that_is_not_ours_reaches_the_owner(world: StripeWorld) -> None:
    dispute = {"id": "du_1", "amount": 899, "currency": "usd", "payment_intent": "pi_1"}
    world.stripe.say("charge.dispute.created", {"object": "dispute", **dispute})
    world.stripe.say("refund.created", {"object": "refund"})
    world.post()
    world.work()

    assert world.letters() == [(OWNER, "Please look: a payment needs your attention")]


# Notices that never came


def test_a_payment_of_which_no_notice_came_is_found_by_the_hourly_look(world: StripeWorld) -> None:
    soap = world.soap(pieces=3)
    world.pay(world.page(soap))
    [hourly] = [job for job in jobs_of(world.shop) if job.name == "reconcile"]

    assert hourly.work() == 0  # it is not asked again at once
    assert world.order().state is OrderState.PAID
    world.post()  # and late they come all the same
    hourly.work()
    world.work()
    assert world.on_sale(soap) == 2
    assert len(world.letters()) == 2


def test_a_payment_whose_notice_stripe_thinks_delivered_is_found_too(world: StripeWorld) -> None:
    page = world.page(world.soap(pieces=3))
    world.pay_later(page)
    world.post()
    world.money_comes(page)
    world.stripe.post()  # lost on the way
    world.wait(timedelta(minutes=11))

    found = world.shop.reconcile()(timedelta(hours=48))

    assert dict(found.orders) == {"paid": 1}
    assert world.order().state is OrderState.PAID
