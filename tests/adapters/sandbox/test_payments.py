"""What the sandbox does beyond the port's contract, which is proved in tests/contracts."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.database import SandboxDatabase, SandboxUnavailable
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.application.ports.payments import SessionStatus
from eterno.domain.orders import Address, Buyer
from tests.builders import a_line, an_order, eur, usd
from tests.support.clock import FixedClock

SAM = Buyer(
    email="sam@example.com",
    name="Sam Rivera",
    phone="+1 303 555 0142",
    ship_to=Address(
        name="Sam Rivera",
        line1="12 Juniper Street",
        line2=None,
        city="Denver",
        state="CO",
        postal_code="80202",
        country="US",
    ),
)


@pytest.fixture
def session(payments: SandboxPayments) -> str:
    return payments.open_session(an_order(a_line(1, 2, "9.50"))).id


@pytest.fixture
def events(database: SandboxDatabase) -> Callable[[], list[dict[str, Any]]]:
    """All that were ever queued."""

    def queued() -> list[dict[str, Any]]:
        with database.read() as connection:
            rows = connection.execute("SELECT body FROM event ORDER BY rowid").fetchall()
        return [json.loads(row["body"]) for row in rows]

    return queued


def test_the_page_is_served_by_the_shop_itself(payments: SandboxPayments) -> None:
    session = payments.open_session(an_order())

    assert session.url == f"http://localhost:8000/sandbox/pay/{session.id}"
    assert session.id.startswith("cs_test_")


def test_many_who_open_the_same_session_at_once_get_one(payments: SandboxPayments) -> None:
    order = an_order()
    with ThreadPoolExecutor(8) as pool:
        sessions = set(pool.map(payments.open_session, [order] * 24))

    assert len(sessions) == 1


def test_the_page_shows_the_order_and_the_first_way_of_delivery(
    payments: SandboxPayments, session: str
) -> None:
    look = payments.look(session)

    assert look is not None
    assert look.status is SessionStatus.OPEN
    assert [(line.name, line.quantity, line.total) for line in look.lines] == [
        ("Oat & Honey", 2, usd("19.00"))
    ]
    assert (look.subtotal, look.total) == (usd("19.00"), usd("24.00"))
    assert look.total_with(look.offers[1]) == usd("31.00")
    assert look.success_url == f"http://localhost:5173/success?session_id={session}"
    assert look.countries == ("US", "CA")


def test_paying_charges_the_chosen_delivery(payments: SandboxPayments, session: str) -> None:
    look = payments.pay(session, SAM, 1)
    report = payments.close_session(session)

    assert look is not None
    assert (look.status, look.total, look.email) == (
        SessionStatus.PAID,
        usd("31.00"),
        "sam@example.com",
    )
    assert report.amounts is not None
    assert report.amounts.shipping == usd("12.00")
    assert report.buyer == SAM


def test_paying_twice_pays_once(
    payments: SandboxPayments, session: str, events: Callable[[], list[dict[str, Any]]]
) -> None:
    first = payments.pay(session, SAM, 0)
    second = payments.pay(session, replace(SAM, name="Somebody else"), 1)
    payments.expire(session)
    payments.settle(session, Funds.FAILED)

    assert first == second
    assert [event["type"] for event in events()] == ["checkout.session.completed"]


def test_many_who_pay_at_once_pay_once(
    payments: SandboxPayments, session: str, events: Callable[[], list[dict[str, Any]]]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        looks = list(pool.map(lambda _: payments.pay(session, SAM, 0), range(16)))

    assert {look.status for look in looks if look} == {SessionStatus.PAID}
    assert len(events()) == 1


def test_promised_money_comes_by_itself(
    payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    after = timedelta(seconds=10)
    promised = payments.pay_later(session, SAM, 0, end=Funds.ARRIVED, after=after)
    assert promised is not None
    assert promised.status is SessionStatus.PENDING
    assert promised.promise is not None

    clock.advance(timedelta(seconds=10))
    settled = payments.look(session)
    assert settled is not None
    assert (settled.status, settled.promise) == (SessionStatus.PAID, None)


def test_somebody_may_decide_before_promised_money_comes(
    payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay_later(session, SAM, 0, end=Funds.ARRIVED, after=timedelta(seconds=10))
    payments.settle(session, Funds.FAILED)
    clock.advance(timedelta(hours=1))

    look = payments.look(session)
    assert look is not None
    assert look.status is SessionStatus.FAILED


def test_an_overdue_session_takes_no_money(
    payments: SandboxPayments,
    session: str,
    clock: FixedClock,
    events: Callable[[], list[dict[str, Any]]],
) -> None:
    clock.advance(timedelta(minutes=31))
    look = payments.pay(session, SAM, 0)

    assert look is not None
    assert look.status is SessionStatus.EXPIRED
    assert [event["type"] for event in events()] == ["checkout.session.expired"]


def test_an_event_says_how_it_was_when_it_happened(
    payments: SandboxPayments, session: str, events: Callable[[], list[dict[str, Any]]]
) -> None:
    payments.pay_later(session, SAM, 0)
    payments.settle(session, Funds.ARRIVED)

    first, second = events()
    assert first["data"]["object"]["payment_status"] == "unpaid"
    assert second["data"]["object"]["payment_status"] == "paid"
    assert second["type"] == "checkout.session.async_payment_succeeded"
    assert first["livemode"] is second["livemode"] is False
    assert first["id"] != second["id"]


def test_a_session_is_shaped_like_stripes(
    payments: SandboxPayments, session: str, events: Callable[[], list[dict[str, Any]]]
) -> None:
    payments.pay(session, SAM, 1)
    ((shown),) = [event["data"]["object"] for event in events()]

    assert shown["object"] == "checkout.session"
    assert shown["status"] == "complete"
    assert shown["url"] is None
    assert (shown["amount_subtotal"], shown["amount_total"]) == (1900, 3100)
    assert shown["metadata"] == {"order": shown["client_reference_id"]}
    assert shown["payment_intent"].startswith("pi_test_")
    assert shown["customer_details"]["email"] == "sam@example.com"
    assert shown["collected_information"]["shipping_details"]["address"] == {
        "city": "Denver",
        "country": "US",
        "line1": "12 Juniper Street",
        "line2": None,
        "postal_code": "80202",
        "state": "CO",
    }
    assert shown["total_details"] == {
        "amount_discount": 0,
        "amount_shipping": 1200,
        "amount_tax": 0,
    }


def test_a_shop_may_offer_no_delivery(
    database: SandboxDatabase, venue: Venue, clock: FixedClock
) -> None:
    bare = SandboxPayments(
        database, venue=replace(venue, shipping=()), webhook_secret="s", clock=clock
    )
    session = bare.open_session(an_order(a_line(price="9.50"))).id

    look = bare.pay(session, SAM, 0)
    assert look is not None
    assert (look.status, look.total) == (SessionStatus.PAID, usd("9.50"))


def test_delivery_in_another_currency_than_the_order_is_a_mistake(
    database: SandboxDatabase, venue: Venue, clock: FixedClock
) -> None:
    odd = replace(venue, shipping=[ShippingOffer("Standard", eur("5.00"), (1, 2))])

    with pytest.raises(ValueError, match="do not add up"):
        SandboxPayments(database, venue=odd, webhook_secret="s", clock=clock).open_session(
            an_order()
        )


@pytest.mark.parametrize("id", ["", "cs_test_1", "cs_test_" + "0" * 40, "\ud800", "x\x00"])
def test_a_session_there_never_was_is_expired_and_has_no_page(
    payments: SandboxPayments, id: str
) -> None:
    assert payments.look(id) is None
    assert payments.pay(id, SAM, 0) is None
    assert payments.close_session(id).status is SessionStatus.EXPIRED


def test_what_one_process_writes_the_next_one_reads(
    database: SandboxDatabase,
    venue: Venue,
    clock: FixedClock,
    session: str,
    tmp_path: Path,
) -> None:
    elsewhere = SandboxDatabase(tmp_path / "data" / "sandbox.db")
    other = SandboxPayments(elsewhere, venue=venue, webhook_secret="s", clock=clock)

    assert other.look(session) is not None


def test_a_file_that_was_deleted_is_made_again(
    payments: SandboxPayments, session: str, tmp_path: Path
) -> None:
    for file in (tmp_path / "data").iterdir():
        file.unlink()

    assert payments.look(session) is None


def test_a_file_that_cannot_be_opened_is_said_to_be_silent(
    tmp_path: Path, venue: Venue, clock: FixedClock
) -> None:
    broken = SandboxPayments(
        SandboxDatabase(tmp_path), venue=venue, webhook_secret="s", clock=clock
    )

    with pytest.raises(SandboxUnavailable):
        broken.look("cs_test_" + "0" * 40)
