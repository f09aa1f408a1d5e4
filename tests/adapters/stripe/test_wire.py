from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.stripe.wire import KINDS, notice_of, report_of, sign, verify
from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentNotice,
    SessionStatus,
)
from eterno.domain.orders import Address, Buyer
from eterno.domain.payments import Amounts
from tests.builders import usd

AT = 1_772_366_400
SECRET = "whsec_test"
BODY = b'{"id":"evt_1","object":"event"}'
SESSION: dict[str, Any] = {
    "id": "cs_test_1",
    "object": "checkout.session",
    "status": "complete",
    "payment_status": "paid",
    "client_reference_id": "the-token",
    "currency": "usd",
    "amount_subtotal": 1900,
    "amount_total": 2500,
    "total_details": {"amount_discount": 100, "amount_shipping": 500, "amount_tax": 200},
    "payment_intent": "pi_1",
    "customer_details": {"email": "ada@example.org", "name": "Ada Lovelace", "phone": "+44 20 1"},
    "collected_information": {
        "shipping_details": {
            "name": "A. Lovelace",
            "address": {
                "line1": "12 St James's Square",
                "line2": None,
                "city": "London",
                "state": None,
                "postal_code": "SW1Y 4JH",
                "country": "GB",
            },
        }
    },
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def an_event(kind: str = "checkout.session.completed", /, **changes: Any) -> bytes:
    """An event about `SESSION` with these fields of the session changed."""
    event = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": AT,
        "livemode": False,
        "data": {"object": {**SESSION, **changes}},
    }
    return json.dumps(event).encode()


def status(kind: str, **changes: Any) -> SessionStatus | None:
    report = notice_of(an_event(f"checkout.session.{kind}", **changes), livemode=False).report
    return report.status if report else None


# The signature


def test_a_signature_is_the_one_stripes_own_sdk_makes() -> None:
    assert sign(BODY, SECRET, AT) == (
        f"t={AT},v1=0b3e25591e30a30a48b461d51fab024190ebb249960e0a5c58c3264be335d5b0"
    )


def test_what_was_signed_is_believed_for_five_minutes() -> None:
    header = sign(BODY, SECRET, AT)

    verify(BODY, header, [SECRET], AT)
    verify(BODY, header, [SECRET], AT + 300)
    with pytest.raises(ForgedNotice):
        verify(BODY, header, [SECRET], AT + 301)


def test_a_clock_that_is_behind_stripes_does_not_matter() -> None:
    verify(BODY, sign(BODY, SECRET, AT), [SECRET], AT - 600)


def test_one_good_signature_among_several_is_enough() -> None:
    good = sign(BODY, SECRET, AT).partition(",")[2]

    verify(BODY, f"t={AT},v1=00,{good},v0=old,v1=", [SECRET], AT)
    verify(BODY, f" t={AT} , {good} ", [SECRET], AT)


def test_while_a_secret_is_replaced_both_count() -> None:
    verify(BODY, sign(BODY, "old", AT), ["new", "old"], AT)
    verify(BODY, sign(BODY, "new", AT), ["new", "old"], AT)


@pytest.mark.parametrize(
    ("body", "secrets"),
    [(BODY + b" ", [SECRET]), (BODY, ["another"]), (BODY, []), (b"", [SECRET])],
    ids=["another body", "another secret", "no secret", "no body"],
)
def test_anything_else_is_forged(body: bytes, secrets: list[str]) -> None:
    with pytest.raises(ForgedNotice):
        verify(body, sign(BODY, SECRET, AT), secrets, AT)


def test_an_empty_secret_signs_nothing() -> None:
    with pytest.raises(ForgedNotice):
        verify(BODY, sign(BODY, "", AT), [""], AT)


def test_the_time_is_signed_too() -> None:
    later = sign(BODY, SECRET, AT).replace(f"t={AT}", f"t={AT + 900}")

    with pytest.raises(ForgedNotice):
        verify(BODY, later, [SECRET], AT + 900)


def test_a_header_with_two_times_is_forged() -> None:
    with pytest.raises(ForgedNotice):
        verify(BODY, f"t={AT}," + sign(BODY, SECRET, AT), [SECRET], AT)


@pytest.mark.parametrize("time", ["", "now", "-1", "1e3", "١٢", "9" * 400, " ", "1_0"])
def test_a_time_that_is_none_is_forged(time: str) -> None:
    with pytest.raises(ForgedNotice):
        verify(BODY, f"t={time},v1=00", [SECRET], AT)


@given(st.text() | st.from_regex(r"t=[0-9]{1,12},v1=.*"))
def test_whatever_the_header_it_is_at_worst_forged(header: str) -> None:
    with pytest.raises(ForgedNotice):
        verify(BODY, header, [SECRET], AT)


# The notice


@pytest.mark.parametrize(
    ("kind", "payment_status", "expected"),
    [
        ("completed", "paid", SessionStatus.PAID),
        ("completed", "no_payment_required", SessionStatus.PAID),
        ("completed", "unpaid", SessionStatus.PENDING),
        ("async_payment_succeeded", "paid", SessionStatus.PAID),
        ("async_payment_failed", "unpaid", SessionStatus.FAILED),
        ("expired", "unpaid", SessionStatus.EXPIRED),
        ("updated", "paid", None),
    ],
)
def test_what_each_event_says(
    kind: str, payment_status: str, expected: SessionStatus | None
) -> None:
    assert status(kind, payment_status=payment_status) == expected


def test_what_the_shop_does_not_follow_has_no_report() -> None:
    body = an_event("customer.created").replace(b"checkout.session", b"customer")

    assert notice_of(body, livemode=False) == PaymentNotice(
        id="evt_1", kind="customer.created", report=None
    )


def test_a_notice_tells_all_the_shop_needs_to_know() -> None:
    notice = notice_of(an_event(), livemode=False)

    assert (notice.id, notice.kind) == ("evt_1", "checkout.session.completed")
    assert notice.report is not None
    assert notice.report.session_id == "cs_test_1"
    assert notice.report.order_token == "the-token"
    assert notice.report.intent_id == "pi_1"
    assert notice.report.at == datetime.fromtimestamp(AT, UTC)
    assert notice.report.amounts == Amounts(
        subtotal=usd("19.00"),
        discount=usd("1.00"),
        shipping=usd("5.00"),
        tax=usd("2.00"),
        total=usd("25.00"),
    )
    assert notice.report.buyer == Buyer(
        email="ada@example.org",
        name="Ada Lovelace",
        phone="+44 20 1",
        ship_to=Address(
            name="A. Lovelace",
            line1="12 St James's Square",
            line2=None,
            city="London",
            state=None,
            postal_code="SW1Y 4JH",
            country="GB",
        ),
    )


def test_the_order_is_also_found_by_the_metadata() -> None:
    report = report_of({**SESSION, "client_reference_id": None, "metadata": {"order": "x"}}, NOW)

    assert report.order_token == "x"


def test_before_anything_was_completed_there_are_no_amounts() -> None:
    for state in ("open", "expired"):
        assert report_of({**SESSION, "status": state}, NOW).amounts is None


def test_money_that_never_came_is_told_by_the_expanded_intent() -> None:
    intent = {"id": "pi_1", "status": "requires_payment_method"}
    failed = report_of({**SESSION, "payment_status": "unpaid", "payment_intent": intent}, NOW)
    waiting = report_of(
        {**SESSION, "payment_status": "unpaid", "payment_intent": {**intent, "status": "?"}}, NOW
    )

    assert (failed.status, failed.intent_id) == (SessionStatus.FAILED, "pi_1")
    assert waiting.status is SessionStatus.PENDING


def test_what_is_missing_is_not_there() -> None:
    report = notice_of(
        an_event(
            client_reference_id=None,
            payment_intent=None,
            customer_details=None,
            collected_information=None,
            total_details=None,
        ),
        livemode=False,
    ).report

    assert report is not None
    assert (report.order_token, report.intent_id, report.buyer) == (None, None, None)
    assert report.amounts is not None
    assert report.amounts.tax == usd("0")


def test_what_people_typed_is_cleaned() -> None:
    details = {"email": "ada@@example", "name": " Ada\u0000\u202e Love\ud800lace ", "phone": 7}

    buyer = report_of({**SESSION, "customer_details": details}, NOW).buyer

    assert buyer is not None
    assert (buyer.email, buyer.name, buyer.phone) == (None, "Ada   Love lace", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\xff",
        b"[]",
        b"null",
        b"{",
        b"[" * 100_000,
        b'{"id":1}',
        b'{"id":"evt_1","object":"event","type":"x"}',
        an_event().replace(b'"event"', b'"charge"'),
        an_event().replace(b'"evt_1"', b'"evt\\u0000"'),
        an_event().replace(b'"livemode": false', b'"livemode": "false"'),
        an_event().replace(str(AT).encode(), b"null"),
        an_event().replace(str(AT).encode(), b"9" * 30),
        an_event().replace(str(AT).encode(), b"9" * 5_000),
        an_event(id=None),
    ],
)
def test_what_is_no_event_is_forged(body: bytes) -> None:
    with pytest.raises(ForgedNotice):
        notice_of(body, livemode=False)


def test_a_notice_of_the_other_mode_is_forged() -> None:
    with pytest.raises(ForgedNotice):
        notice_of(an_event(), livemode=True)


# Warnings


@pytest.mark.parametrize(
    ("intent", "known"),
    [("pi_1", "pi_1"), ({"id": "pi_1"}, "pi_1"), (None, None), (7, None), ("", None)],
)
def test_a_warning_names_the_payment_if_it_can(intent: object, known: str | None) -> None:
    event = json.loads(an_event("radar.early_fraud_warning.created"))
    event["data"]["object"] = {"payment_intent": intent}

    notice = notice_of(json.dumps(event).encode(), livemode=False)

    assert (notice.report, notice.warning) == (None, FraudWarning(intent_id=known))


def test_the_docs_name_every_event_that_a_webhook_endpoint_needs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "stripe.md").read_text(encoding="utf-8")

    assert {line[3:-1] for line in page.splitlines() if line.startswith("- `")} == set(KINDS)


@given(st.dictionaries(st.sampled_from(sorted(SESSION)), json_values))
def test_whatever_a_session_is_made_of_it_is_at_worst_forged(changes: dict[str, Any]) -> None:
    try:
        notice_of(an_event(**changes), livemode=False)
        report_of({**SESSION, **changes}, NOW)
    except ForgedNotice:
        pass


NOW = datetime.fromtimestamp(AT, UTC)
