"""The command line and Stripe: what is tried, what is said, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.system.clock import SystemClock
from eterno.domain.orders import OrderState
from eterno.domain.payments import PaymentSession
from eterno.entrypoints.cli.main import main
from tests.builders import ADA, place, put_on_sale
from tests.support.stripe_objects import opened
from tests.support.stripe_stand_in import SECRET, TEST_KEY, StripeStandIn, Trouble, stripe_stand_in

Eterno = Callable[..., int]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def stripe() -> Iterator[StripeStandIn]:
    with stripe_stand_in(SystemClock()) as stripe:
        yield stripe


@pytest.fixture
def eterno(
    database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stripe: StripeStandIn
) -> Eterno:
    """Runs a command on a fresh shop whose payments go to Stripe."""
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", database_uri)
    monkeypatch.setenv("ETERNO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("STRIPE_SECRET_KEY", TEST_KEY)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("STRIPE_API_URL", stripe.address)
    return lambda *words: main(words)


# eterno config check


def test_the_configuration_check_asks_stripe_and_changes_nothing(
    eterno: Eterno, stripe: StripeStandIn, capsys: Output
) -> None:
    assert eterno("config", "check") == 0

    said = capsys.readouterr().out
    assert "payments  stripe    STRIPE_SECRET_KEY is set" in said
    assert "payments: Stripe answers, in test mode" in said
    assert "warning" not in said
    assert TEST_KEY not in said
    assert SECRET not in said
    assert {question.method for question in stripe.questions} == {"GET"}


@pytest.mark.parametrize("trouble", [Trouble.SILENT_BEFORE, Trouble.FAILING])
def test_a_stripe_that_does_not_answer_ends_with_1(
    eterno: Eterno, stripe: StripeStandIn, trouble: Trouble, capsys: Output
) -> None:
    stripe.trouble = trouble
    assert eterno("config", "check") == 1
    assert "Stripe does not answer" in capsys.readouterr().out


def test_a_key_that_stripe_does_not_know_ends_with_1(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_mistyped")
    assert eterno("config", "check") == 1
    said = capsys.readouterr()
    assert "does not take the key" in said.out
    assert "mistyped" not in said.out + said.err


def test_a_right_that_the_key_lacks_is_named(
    eterno: Eterno, stripe: StripeStandIn, capsys: Output
) -> None:
    stripe.forbidden = ("/v1/events",)
    assert eterno("config", "check") == 1
    assert "the key may not read Events" in capsys.readouterr().out


def test_a_live_key_outside_production_is_warned_of(
    eterno: Eterno, stripe: StripeStandIn, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_x")
    monkeypatch.delenv("STRIPE_API_URL")
    # A live key is not sent to a stand-in, so that Stripe's own address is moved instead.
    monkeypatch.setattr("stripe._stripe_client.DEFAULT_API_BASE", stripe.address)
    eterno("config", "check")
    assert "payments: warning: a live key outside production" in capsys.readouterr().out


def test_production_takes_no_test_key(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("ETERNO_ENV", "production")
    monkeypatch.delenv("STRIPE_API_URL")
    assert eterno("config", "check") == 2
    assert "a test key takes no money" in capsys.readouterr().err


def test_a_key_without_a_webhook_secret_is_refused(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET")
    for command in (("serve",), ("worker",), ("config", "check")):
        assert eterno(*command) == 2
        assert "STRIPE_WEBHOOK_SECRET" in capsys.readouterr().err


# eterno reconcile


def sell(uri: str, stripe: StripeStandIn, *, quantity: int) -> str:
    """An order whose page is open since a quarter of an hour; its session."""
    store = PostgresStore(uri, ahead=lambda: timedelta(minutes=-15))
    soap = put_on_sale(store, pieces=10)
    with store.begin() as work:
        order = place(work, (soap, quantity))
        price = {"unit_amount": "899", "currency": "usd"}
        asked = {
            "mode": "payment",
            "client_reference_id": order.token,
            "line_items": [{"quantity": str(quantity), "price_data": price}],
            "expires_at": str(int(order.pay_by.timestamp())),
            "success_url": "https://shop.example/success",
        }
        session = opened(asked, int(work.now.timestamp()), livemode=False, pages=stripe.address)
        stripe.sessions[session["id"]] = session
        page = PaymentSession(id=session["id"], url=session["url"])
        work.orders.save(order.open_session(page))
    store.close()
    return str(session["id"])


def states(uri: str) -> list[OrderState]:
    from eterno.adapters.postgres.views import PostgresOrderDesk

    store = PostgresStore(uri)
    orders = PostgresOrderDesk(store).latest()
    store.close()
    return [order.state for order in orders]


def test_reconciling_says_what_it_found(
    eterno: Eterno, database_uri: str, stripe: StripeStandIn, capsys: Output
) -> None:
    assert eterno("reconcile") == 0
    assert capsys.readouterr().out == "missed notices: none\nopen orders: none\nrefunds: none\n"
    told, untold, waiting = (sell(database_uri, stripe, quantity=n) for n in (1, 2, 3))
    stripe.pay(told, ADA)
    stripe.pay_later(untold, ADA)
    stripe.money_comes(untold)
    for event in stripe.events[1:]:
        event.delivered = True  # so Stripe thinks

    assert eterno("reconcile", "--since", "90m") == 0

    assert (
        capsys.readouterr().out
        == "missed notices: 1 paid\nopen orders: 2 nothing new, 1 paid\nrefunds: none\n"
    )
    assert waiting
    assert sorted(states(database_uri)) == ["awaiting", "paid", "paid"]
    assert eterno("reconcile") == 0
    assert (
        capsys.readouterr().out
        == "missed notices: 1 repeated\nopen orders: 1 nothing new\nrefunds: none\n"
    )


def test_what_cannot_be_decided_now_is_said(
    eterno: Eterno,
    database_uri: str,
    stripe: StripeStandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    session = sell(database_uri, stripe, quantity=1)
    stripe.forbidden = (f"/v1/checkout/sessions/{session}",)
    assert eterno("reconcile") == 1
    assert "undecided: 1" in capsys.readouterr().out
    stripe.trouble = Trouble.SILENT_BEFORE
    assert eterno("reconcile") == 1
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("time", ["48", "0h", "-1h", "2 days", "31d", "9999999d", "h"])
def test_a_time_that_makes_no_sense_is_refused(time: str, capsys: Output) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reconcile", f"--since={time}"])
    assert end.value.code == 2
    assert "at most 30d" in capsys.readouterr().err
