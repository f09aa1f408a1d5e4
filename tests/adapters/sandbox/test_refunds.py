from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from eterno.adapters.sandbox.database import STEPS, SandboxDatabase
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.application.ports.payments import RefundRefused, RefundRequest
from eterno.domain.orders import Buyer
from tests.builders import an_order, eur, usd


@pytest.fixture
def request_(payments: SandboxPayments) -> RefundRequest:
    """To give back one soap of an order that was paid."""
    order = an_order()
    session = payments.open_session(order).id
    payments.pay(session, Buyer(email="ada@example.org"), 0)
    intent = payments.close_session(session).intent_id
    assert intent is not None
    return RefundRequest(id=uuid4(), order_token=order.token, intent_id=intent, amount=usd("8.99"))


def test_a_refund_looks_as_stripes_do(
    payments: SandboxPayments, database: SandboxDatabase, request_: RefundRequest
) -> None:
    payments.refund(request_)

    with database.read() as connection:
        events = [json.loads(row["body"]) for row in connection.execute("SELECT body FROM event")]
    created, updated = (event for event in events if event["type"].startswith("refund."))
    assert (created["type"], updated["type"]) == ("refund.created", "refund.updated")
    refund = created["data"]["object"]
    assert refund["id"].startswith("re_test_")
    assert (refund["object"], refund["status"]) == ("refund", "succeeded")
    assert (refund["amount"], refund["currency"]) == (899, "usd")
    assert refund["payment_intent"] == request_.intent_id
    assert refund["metadata"] == {"refund": str(request_.id), "order": request_.order_token}
    card = updated["data"]["object"]["destination_details"]["card"]
    assert card["reference_status"] == "available"


def test_money_of_another_currency_was_never_paid(
    payments: SandboxPayments, request_: RefundRequest
) -> None:
    euros = RefundRequest(
        id=uuid4(),
        order_token=request_.order_token,
        intent_id=request_.intent_id,
        amount=eur("1.00"),
    )
    with pytest.raises(RefundRefused):
        payments.refund(euros)


def test_a_file_from_before_there_were_refunds_learns_of_them(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(STEPS[0] + "PRAGMA user_version = 1;")

    with SandboxDatabase(path).read() as connection:
        assert connection.execute("SELECT count(*) FROM refund").fetchone()[0] == 0
        assert connection.execute("PRAGMA user_version").fetchone()[0] == len(STEPS)
