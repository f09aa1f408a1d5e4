"""Whatever we ask of Stripe, and whatever our stand-ins answer in its place, is valid by Stripe's
own OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from stripe.checkout import Session

from eterno.adapters.memory.payments import ADA
from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.application.ports.payments import PaymentsUnavailable, RefundRefused
from tests.adapters.stripe.conftest import VENUE, Connect
from tests.builders import ADA as HARDLY_KNOWN
from tests.builders import a_line, an_order, usd
from tests.contracts.tills import a_refund_request
from tests.support.clock import FixedClock
from tests.support.stripe_openapi import NEWER, StripeApi, stripe_api
from tests.support.stripe_stand_in import StripeStandIn, Trouble

Json = dict[str, Any]
SESSIONS = "/v1/checkout/sessions"


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> StripeApi:
    cache: pytest.Cache = request.config.cache
    return stripe_api(cache.mkdir("stripe"))


@pytest.fixture
def told(connect: Connect, stripe: StripeStandIn, clock: FixedClock) -> StripeStandIn:
    """Every story that the adapter can live through has happened, with every switch on and off."""
    everything = replace(VENUE, automatic_tax=True, promotion_codes=True)
    for venue in (VENUE, everything, replace(VENUE, deliveries=[])):
        payments = connect(venue=venue)
        orders = [
            an_order(a_line(1, 2, "8.99"), a_line(2, 1, "5.00"), at=clock.now()) for _ in range(4)
        ]
        paid, late, lost, left = (payments.open_session(order).id for order in orders)
        stripe.pay(paid, ADA)
        stripe.pay_later(late, HARDLY_KNOWN)
        stripe.pay_later(lost, ADA)
        stripe.money_comes(late)
        stripe.money_fails(lost)
        for session in (paid, late, lost, left, left, "cs_nobody_knows"):
            payments.look_at(session)
            payments.close_session(session)
        refund = a_refund_request(orders[0], str(stripe.sessions[paid]["payment_intent"]), 899)
        for _ in range(2):
            payments.refund(refund)
        with pytest.raises(RefundRefused):
            payments.refund(a_refund_request(orders[0], refund.intent_id, 99_999))
        stripe.end_refund([*stripe.refunds][-1], "failed")
        stripe.dispute(paid, "needs_response", clock.now() + timedelta(days=7))
        stripe.warn(paid)
        payments.missed_notices(clock.now() - timedelta(hours=48))
        stripe.end_dispute([*stripe.disputes][-1], "lost")
        payments.disputes(clock.now())
        payments.refusals()
    for stripe.trouble in (Trouble.FAILING, Trouble.BUSY, Trouble.BEING_ANSWERED):
        with pytest.raises(PaymentsUnavailable):
            connect().open_session(an_order(at=clock.now()))
    return stripe


def test_every_request_is_one_that_stripe_knows(told: StripeStandIn, api: StripeApi) -> None:
    asked = {(question.method, question.path.split("cs_")[0]) for question in told.questions}
    assert len(asked) == 8

    for question in told.questions:
        faults = api.faults_in_request(question.method, question.path, question.fields)
        assert faults == [], question.path


def test_every_object_of_our_stand_in_is_shaped_like_stripes(
    told: StripeStandIn, api: StripeApi
) -> None:
    for _, answer in told.answers:
        assert api.faults_in_object(answer.body) == []
    for event in told.events:
        assert api.faults_in_object(event.body) == []
    assert {answer.status for _, answer in told.answers} == {200, 400, 404, 409, 429, 500}


def test_every_object_of_the_sandbox_is_shaped_like_stripes(
    api: StripeApi, tmp_path: Path, clock: FixedClock
) -> None:
    database = SandboxDatabase(tmp_path / "sandbox.db")
    for shipping in ([ShippingOffer("Standard", usd("5.00"), (3, 5))], []):
        venue = Venue(
            shop="Eterno",
            base_url="http://localhost:8000",
            success_url="https://shop.example/success?session_id={CHECKOUT_SESSION_ID}",
            cancel_url="https://shop.example/cancel",
            shipping=shipping,
            countries=("US", "CA"),
        )
        payments = SandboxPayments(database, venue=venue, webhook_secret="s", clock=clock)
        paid, late, lost, left, _ = (payments.open_session(an_order()).id for _ in range(5))
        payments.pay(paid, ADA, 0)
        payments.pay_later(late, HARDLY_KNOWN, 0)
        payments.settle(late, Funds.ARRIVED)
        payments.pay_later(lost, ADA, 0)
        payments.settle(lost, Funds.FAILED)
        payments.close_session(left)
        intent = payments.look_at(paid).intent_id
        assert intent
        payments.refund(a_refund_request(an_order(), intent, 899))

    with database.read() as connection:
        kept = connection.execute(
            "SELECT body FROM session UNION ALL SELECT body FROM event"
            " UNION ALL SELECT body FROM refund"
        )
        objects = [json.loads(row["body"]) for row in kept]

    assert len(objects) == 2 * (5 + 1 + 6 + 2)
    for thing in objects:
        assert api.faults_in_object(thing) == []


def test_what_the_document_does_not_know_yet_stripes_sdk_does() -> None:
    assert NEWER["checkout.session"] <= set(Session.__annotations__)


# The tests above would notice


def misspell_a_field(form: Json) -> None:
    form["shiping_options"] = form.pop("shipping_options")


def misspell_an_inner_field(form: Json) -> None:
    price = form["line_items"][0]["price_data"]
    price["unit_amont"] = price.pop("unit_amount")


def misspell_a_value(form: Json) -> None:
    form["mode"] = "paymnt"


def say_a_word_for_a_number(form: Json) -> None:
    form["expires_at"] = "soon"


def forget_what_is_needed(form: Json) -> None:
    del form["line_items"][0]["price_data"]["currency"]


def name_nowhere(form: Json) -> None:
    form["shipping_address_collection"]["allowed_countries"].append("XX")


@pytest.mark.parametrize(
    "mistake",
    [
        misspell_a_field,
        misspell_an_inner_field,
        misspell_a_value,
        say_a_word_for_a_number,
        forget_what_is_needed,
        name_nowhere,
    ],
)
def test_a_mistake_in_a_request_is_a_fault(
    told: StripeStandIn, api: StripeApi, mistake: Callable[[Json], None]
) -> None:
    form = deepcopy(told.asked("POST", SESSIONS)[0].fields)
    assert api.faults_in_request("POST", SESSIONS, form) == []

    mistake(form)

    assert len(api.faults_in_request("POST", SESSIONS, form)) == 1


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/v1/checkout/session", {}),
        ("/v1/events", {"delivery_sucess": "false"}),
        ("/v1/events", {"limit": "many"}),
        ("/v1/events", {"created": {"since": "1"}}),
        (f"{SESSIONS}/cs_1", {"expand": "payment_intent"}),
    ],
)
def test_a_mistake_in_a_question_is_a_fault(api: StripeApi, path: str, fields: Json) -> None:
    assert len(api.faults_in_request("GET", path, fields)) == 1


@pytest.mark.parametrize(
    "mistake",
    [{"status": "done"}, {"amount_totl": 1}, {"id": None}, {"customer_details": {"x": 1}}],
)
def test_a_mistake_in_an_object_is_a_fault(
    told: StripeStandIn, api: StripeApi, mistake: Json
) -> None:
    [session, *_] = told.sessions.values()
    assert api.faults_in_object(session) == []

    assert api.faults_in_object({**session, **mistake})
    assert api.faults_in_object({**told.events[0].body, "data": {"object": {**session, **mistake}}})
