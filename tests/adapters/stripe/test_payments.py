"""What only the real adapter promises: how it asks, and what it makes of each way not to answer."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import stripe as sdk

from eterno.adapters.stripe import payments as module
from eterno.adapters.stripe.client import API_VERSION, TIMEOUTS
from eterno.adapters.stripe.payments import StripePayments
from eterno.application.ports.payments import (
    ForgedNotice,
    PaymentsUnavailable,
    RefundRefused,
    RefundRequest,
    SessionStatus,
)
from eterno.domain.orders import Order
from tests.adapters.stripe.conftest import Connect
from tests.builders import ADA, a_line, an_order, usd
from tests.contracts.tills import a_refund_request
from tests.support.clock import FixedClock
from tests.support.stripe_http import Answer
from tests.support.stripe_stand_in import SECRET, TEST_KEY, StripeStandIn, Trouble

SESSIONS = "/v1/checkout/sessions"


@pytest.fixture
def order(clock: FixedClock) -> Order:
    return an_order(a_line(1, 2, "8.99"), at=clock.now())


def refusal(payments: StripePayments, order: Order) -> PaymentsUnavailable:
    with pytest.raises(PaymentsUnavailable) as refused:
        payments.open_session(order)
    return refused.value


# Asking


def test_it_speaks_the_version_that_its_sdk_was_made_for(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    payments.open_session(order)

    assert stripe.questions[0].version == API_VERSION == sdk.api_version


def test_each_attempt_has_a_key_of_its_own(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    payments.open_session(order)
    payments.open_session(order)
    payments.open_session(order.try_again(order.pay_by))

    keys = [question.idempotency_key for question in stripe.asked("POST", SESSIONS)]
    assert keys == [f"{order.token}:1", f"{order.token}:1", f"{order.token}:2"]
    assert len(stripe.sessions) == 2


def test_closing_is_never_answered_from_stripes_memory(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    """A failure that Stripe keeps under a key would keep an order open for a day."""
    session = payments.open_session(order).id
    stripe.trouble = Trouble.FAILING
    with pytest.raises(PaymentsUnavailable):
        payments.close_session(session)
    stripe.trouble = None

    assert payments.close_session(session).status is SessionStatus.EXPIRED


def test_a_buyer_who_waits_is_not_kept_waiting(
    connect: Connect, order: Order, stripe: StripeStandIn
) -> None:
    assert TIMEOUTS == (1.0, 5.0)
    hasty = connect(timeouts=(0.2, 0.2))
    stripe.delay = 5
    began = time.monotonic()

    assert not refusal(hasty, order).lasting
    assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("trouble", Trouble)
def test_it_asks_once(
    payments: StripePayments, order: Order, stripe: StripeStandIn, trouble: Trouble
) -> None:
    stripe.trouble = trouble
    refusal(payments, order)

    assert len(stripe.questions) == 1


# Not answering


@pytest.mark.parametrize(
    ("trouble", "lasting"),
    [
        (Trouble.SILENT_BEFORE, False),
        (Trouble.SILENT_AFTER, False),
        (Trouble.BUSY, False),
        (Trouble.BEING_ANSWERED, False),
        (Trouble.FAILING, True),
    ],
)
def test_after_each_trouble_there_is_a_way_to_one_page(
    payments: StripePayments, order: Order, stripe: StripeStandIn, trouble: Trouble, lasting: bool
) -> None:
    stripe.trouble = trouble
    assert refusal(payments, order).lasting is lasting
    stripe.trouble = None

    if lasting:
        assert refusal(payments, order).lasting  # Stripe remembers
    payments.open_session(order.try_again(order.pay_by) if lasting else order)
    assert len(stripe.sessions) == 1


def test_nobody_at_the_address_is_silence(connect: Connect, order: Order) -> None:
    assert not refusal(connect(base_address="http://127.0.0.1:9"), order).lasting


def test_other_words_under_a_used_key_need_a_new_attempt(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    payments.open_session(order)
    changed = replace(order, pay_by=order.pay_by + timedelta(minutes=1))

    assert refusal(payments, changed).lasting
    payments.open_session(changed.try_again(changed.pay_by))
    assert len(stripe.sessions) == 2


@pytest.mark.parametrize("mistake", ["a wrong key", "too late", "too many lines", "no permission"])
def test_what_stripe_refuses_is_logged_for_us_and_not_told_to_the_buyer(
    connect: Connect,
    order: Order,
    stripe: StripeStandIn,
    mistake: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    payments = connect(key="sk_test_another" if mistake == "a wrong key" else TEST_KEY)
    if mistake == "too late":
        order = replace(order, pay_by=order.created_at + timedelta(minutes=29))
    if mistake == "too many lines":
        order = replace(order, lines=order.lines * 101)
    if mistake == "no permission":
        stripe.forbidden = (SESSIONS,)

    refused = refusal(payments, order)

    assert refused.lasting
    assert refused.detail == PaymentsUnavailable().detail
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "req_for_tests" in record.getMessage()
    assert "another" not in record.getMessage()
    assert order.token not in record.getMessage()


@pytest.mark.parametrize("body", [b"", b"<html>sorry</html>"])
def test_an_answer_that_is_none_is_no_session(
    payments: StripePayments,
    order: Order,
    stripe: StripeStandIn,
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.support.stripe_http.json.dumps", lambda _: body.decode())

    refusal(payments, order)
    with pytest.raises(PaymentsUnavailable):
        payments.look_at("cs_1")
    with pytest.raises(PaymentsUnavailable):
        payments.close_session("cs_1")
    with pytest.raises(PaymentsUnavailable):
        payments.missed_notices(order.created_at)


def test_a_session_without_a_page_is_none(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    session = payments.open_session(order).id
    stripe.sessions[session]["url"] = None

    assert refusal(payments, order).lasting


# Another mode


def test_a_session_of_the_other_mode_is_not_believed(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    stripe.livemode = True

    assert refusal(payments, order).lasting
    [session] = stripe.sessions
    with pytest.raises(PaymentsUnavailable):
        payments.look_at(session)
    with pytest.raises(PaymentsUnavailable):
        payments.close_session(session)


def test_notices_are_of_the_keys_mode(connect: Connect, stripe: StripeStandIn) -> None:
    live = connect(key="rk_live_x")
    sealed = stripe.sealed(stripe.say("customer.created", {"object": "customer"}))
    stripe.livemode = True
    sealed_live = stripe.sealed(stripe.say("customer.created", {"object": "customer"}))

    assert live.read_notice(*sealed_live).kind == "customer.created"
    with pytest.raises(ForgedNotice):
        live.read_notice(*sealed)


def test_while_the_secret_is_replaced_both_count(connect: Connect, stripe: StripeStandIn) -> None:
    payments = connect(webhook_secrets=["whsec_new", SECRET])
    event = stripe.say("customer.created", {"object": "customer"})

    for secret in ("whsec_new", SECRET):
        assert payments.read_notice(*stripe.sealed(event, secret)).id == event["id"]
    with pytest.raises(ForgedNotice):
        payments.read_notice(*stripe.sealed(event, "whsec_other"))


# Closing


def test_a_session_that_neither_closes_nor_ends_is_left_undecided(
    payments: StripePayments, order: Order, stripe: StripeStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = payments.open_session(order).id
    odd = {"error": {"type": "invalid_request_error", "message": "No"}}
    monkeypatch.setattr(StripeStandIn, "_close", lambda *_: Answer(400, odd))

    with pytest.raises(PaymentsUnavailable):
        payments.close_session(session)


def test_money_that_failed_is_seen_only_on_the_intent(
    payments: StripePayments, order: Order, stripe: StripeStandIn
) -> None:
    session = payments.open_session(order).id
    stripe.pay_later(session, ADA)
    stripe.money_fails(session)

    assert payments.close_session(session).status is SessionStatus.FAILED
    [question] = stripe.asked("GET", f"{SESSIONS}/{session}")
    assert question.fields == {"expand": ["payment_intent"]}


# Giving money back


@pytest.fixture
def wish(payments: StripePayments, order: Order, stripe: StripeStandIn) -> RefundRequest:
    """To give back one soap of an order that was paid."""
    session = payments.open_session(order).id
    stripe.pay(session, ADA)
    return a_refund_request(order, str(stripe.sessions[session]["payment_intent"]), 899)


def unavailable(payments: StripePayments, wish: RefundRequest) -> PaymentsUnavailable:
    with pytest.raises(PaymentsUnavailable) as silence:
        payments.refund(wish)
    return silence.value


@pytest.mark.parametrize("trouble", Trouble)
def test_after_each_trouble_the_money_goes_back_once(
    payments: StripePayments,
    wish: RefundRequest,
    stripe: StripeStandIn,
    clock: FixedClock,
    trouble: Trouble,
) -> None:
    stripe.trouble = trouble
    unavailable(payments, wish)
    stripe.trouble = None
    clock.advance(timedelta(hours=1))

    report = payments.refund(wish)

    assert payments.refund(wish).provider_id == report.provider_id
    assert [*stripe.refunds] == [report.provider_id]


def test_stripe_is_asked_to_give_only_after_it_was_looked_for(
    payments: StripePayments, wish: RefundRequest, stripe: StripeStandIn
) -> None:
    stripe.questions.clear()
    for _ in range(2):
        payments.refund(wish)

    assert [question.method for question in stripe.questions] == ["GET", "POST", "GET"]
    assert stripe.questions[0].fields["payment_intent"] == wish.intent_id


def test_one_that_is_still_being_made_is_not_made_twice(
    payments: StripePayments, wish: RefundRequest, stripe: StripeStandIn, clock: FixedClock
) -> None:
    """It does not show among the refunds yet, and hours may go by for whoever has looked: the key
    is the same."""
    made = payments.refund(wish)
    hidden = dict(stripe.refunds)
    stripe.refunds.clear()
    clock.advance(timedelta(hours=3))

    assert payments.refund(wish).provider_id == made.provider_id
    assert not stripe.refunds
    stripe.refunds.update(hidden)


def test_whoever_slept_for_a_day_after_looking_does_not_make_it(
    payments: StripePayments,
    wish: RefundRequest,
    stripe: StripeStandIn,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody else may have made it meanwhile, under a key that Stripe has forgotten."""
    awake = payments.refund
    look = StripePayments._made

    def slowly(self: StripePayments, request: RefundRequest) -> Any:
        found = look(self, request)
        with monkeypatch.context() as quick:
            quick.setattr(StripePayments, "_made", look)
            awake(wish)
        clock.advance(timedelta(days=1, minutes=1))
        return found

    monkeypatch.setattr(StripePayments, "_made", slowly)

    unavailable(payments, wish)
    assert len(stripe.refunds) == 1


def test_a_failure_that_stripe_remembers_is_left_behind(
    payments: StripePayments,
    wish: RefundRequest,
    stripe: StripeStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under another key, of which everybody who asks comes to the same one."""
    failure = Answer(500, {"error": {"type": "api_error", "message": "Sorry"}})
    with monkeypatch.context() as broken:
        broken.setattr(StripeStandIn, "_pay_back", lambda *_: failure)
        for _ in range(3):
            assert unavailable(payments, wish).lasting

    made = payments.refund(wish)
    stripe.refunds.clear()
    assert payments.refund(wish).provider_id == made.provider_id
    assert stripe.refunds == {}


def test_there_is_an_end_to_failures(
    payments: StripePayments,
    wish: RefundRequest,
    stripe: StripeStandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_ATTEMPTS", 2)
    failure = Answer(500, {"error": {"type": "api_error", "message": "Sorry"}})
    with monkeypatch.context() as broken:
        broken.setattr(StripeStandIn, "_pay_back", lambda *_: failure)
        for _ in range(3):
            unavailable(payments, wish)

    unavailable(payments, wish)
    assert stripe.refunds == {}


def test_one_that_is_far_down_the_list_is_found(
    payments: StripePayments, order: Order, wish: RefundRequest, stripe: StripeStandIn
) -> None:
    first = payments.refund(replace(wish, amount=usd("0.01")))
    for _ in range(120):
        payments.refund(replace(wish, id=uuid4(), amount=usd("0.01")))

    assert payments.refund(wish).provider_id == first.provider_id


def test_a_till_that_is_empty_today_may_be_full_tomorrow(
    payments: StripePayments, wish: RefundRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = {"error": {"type": "invalid_request_error", "code": "balance_insufficient"}}
    with monkeypatch.context() as poor:
        poor.setattr(StripeStandIn, "_pay_back", lambda *_: Answer(400, empty))
        unavailable(payments, wish)


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        ({"code": "charge_already_refunded"}, True),
        ({"code": "charge_disputed"}, True),
        ({"param": "amount"}, True),
        ({"code": "resource_missing", "param": "payment_intent"}, False),
        ({"code": "parameter_unknown", "param": "metadata"}, False),
        ({}, False),
    ],
)
def test_only_what_can_never_be_is_refused_for_good(
    payments: StripePayments,
    wish: RefundRequest,
    monkeypatch: pytest.MonkeyPatch,
    error: dict[str, str],
    is_final: bool,
) -> None:
    refusal = Answer(400, {"error": {"type": "invalid_request_error", **error}})
    monkeypatch.setattr(StripeStandIn, "_pay_back", lambda *_: refusal)

    with pytest.raises(RefundRefused if is_final else PaymentsUnavailable):
        payments.refund(wish)


def test_a_key_of_another_account_does_not_see_the_payment_and_refuses_nothing(
    payments: StripePayments, wish: RefundRequest
) -> None:
    unavailable(payments, replace(wish, intent_id="pi_of_another_account"))


@pytest.mark.parametrize("mistake", ["a wrong key", "no permission"])
def test_a_key_that_may_not_refund_refuses_no_refund(
    connect: Connect, wish: RefundRequest, stripe: StripeStandIn, mistake: str
) -> None:
    payments = connect(key="sk_test_another" if mistake == "a wrong key" else TEST_KEY)
    stripe.forbidden = ("/v1/refunds",) if mistake == "no permission" else ()

    unavailable(payments, wish)


def test_a_refund_that_cannot_be_read_may_have_been_made(
    payments: StripePayments, wish: RefundRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"id": "re_1", "object": "refund", "amount": "much"}
    monkeypatch.setattr(StripeStandIn, "_pay_back", lambda *_: Answer(200, odd))

    unavailable(payments, wish)


# Missed notices


def test_only_notices_with_an_effect_are_asked_for(
    payments: StripePayments, stripe: StripeStandIn, clock: FixedClock
) -> None:
    payments.missed_notices(clock.now())

    [question] = stripe.questions
    assert question.fields["delivery_success"] == "false"
    assert question.fields["created"] == {"gte": str(int(clock.now().timestamp()))}
    assert "checkout.session.completed" in question.fields["types"]
    assert len(question.fields["types"]) <= 20  # Stripe takes no more


def test_an_odd_event_does_not_hide_the_others(
    payments: StripePayments, order: Order, stripe: StripeStandIn, clock: FixedClock
) -> None:
    stripe.say("checkout.session.completed", {"object": "checkout.session"})
    stripe.pay(payments.open_session(order).id, ADA)

    [notice] = payments.missed_notices(clock.now())

    assert notice.report is not None


def test_there_is_an_end_to_missed_notices(
    payments: StripePayments,
    stripe: StripeStandIn,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "MOST_MISSED", 3)
    said: list[Any] = [stripe.say("charge.dispute.created", {"amount": n}) for n in range(5)]

    found = payments.missed_notices(clock.now())

    assert [notice.id for notice in found] == [event["id"] for event in said[:1:-1]]
    assert "more than 3 missed notices" in caplog.text


# Trying


def test_a_key_that_may_read_what_it_must_is_told_apart(
    connect: Connect, stripe: StripeStandIn
) -> None:
    payments = connect(key=TEST_KEY.replace("sk_", "rk_"))
    assert payments.refusals() == []
    stripe.forbidden = ("/v1/events",)
    assert payments.refusals() == ["read Events"]
    stripe.forbidden = ("/v1/refunds",)
    assert payments.refusals() == ["read Refunds"]
    stripe.forbidden = ("/v1/disputes",)
    assert payments.refusals() == ["read Disputes"]
    assert {question.method for question in stripe.questions} == {"GET"}


def test_a_wrong_key_is_no_key(connect: Connect) -> None:
    with pytest.raises(PaymentsUnavailable):
        connect(key="sk_test_wrong").refusals()
