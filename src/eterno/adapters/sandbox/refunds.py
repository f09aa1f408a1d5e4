"""Money that goes back, and money that a bank asks back. Stands in for Stripe's refunds and
disputes; not for production.

All functions work inside the caller's transaction.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from eterno.adapters.sandbox import books
from eterno.adapters.stripe import wire
from eterno.application.ports.payments import RefundRefused, RefundRequest

Refund = Mapping[str, Any]
Dispute = Mapping[str, Any]


def find(connection: sqlite3.Connection, request: RefundRequest) -> Refund | None:
    """The refund that was made for this request of the shop."""
    key = str(request.id)
    row = connection.execute("SELECT body FROM refund WHERE key = ?", (key,)).fetchone()
    return json.loads(row["body"]) if row else None


def made(connection: sqlite3.Connection, since: datetime) -> Sequence[Refund]:
    """Those since then."""
    rows = connection.execute("SELECT body FROM refund ORDER BY rowid").fetchall()
    refunds = (json.loads(row["body"]) for row in rows)
    return [refund for refund in refunds if refund["created"] >= int(since.timestamp())]


def make(connection: sqlite3.Connection, request: RefundRequest, now: datetime) -> Refund:
    """Give the money back, at once, and queue the events that tell the shop.

    Raises `RefundRefused` for a payment that is not there or has less left.
    """
    session = _paid(connection, request.intent_id)
    amount, currency = request.amount.minor, request.amount.currency.code.lower()
    if session is None or session["currency"] != currency:
        raise RefundRefused("no such payment")
    if session["amount_total"] - _gone(connection, request.intent_id) < amount:
        raise RefundRefused("the charge has less left than that")
    refund = _refund(request, currency, int(now.timestamp()))
    connection.execute(
        "INSERT INTO refund (id, key, intent, amount, body) VALUES (?, ?, ?, ?, ?)",
        (refund["id"], str(request.id), request.intent_id, amount, json.dumps(refund)),
    )
    books.queue(connection, "refund.created", refund, now)
    # Stripe sends this one when the bank has given the refund a number to ask for it by.
    books.queue(connection, "refund.updated", _with_reference(refund), now)
    return refund


def disputed(connection: sqlite3.Connection, since: datetime) -> Sequence[Dispute]:
    """Disputes that began since then, by the last that the shop was told of each."""
    rows = connection.execute(
        "SELECT created_at, json_extract(CAST(body AS TEXT), '$.data.object') AS dispute FROM event"
        " WHERE json_extract(CAST(body AS TEXT), '$.type') LIKE 'charge.dispute.%' ORDER BY rowid"
    ).fetchall()
    told = [(row["created_at"], json.loads(row["dispute"])) for row in rows]
    last = {dispute["id"]: dispute for _, dispute in told}
    began = {dispute["id"]: at for at, dispute in reversed(told)}
    return [dispute for id, dispute in last.items() if began[id] >= since.timestamp()]


def _refund(request: RefundRequest, currency: str, at: int) -> dict[str, Any]:
    return {
        "id": f"re_test_{secrets.token_hex(12)}",
        "object": "refund",
        "amount": request.amount.minor,
        "balance_transaction": None,
        "charge": None,
        "created": at,
        "currency": currency,
        "destination_details": {
            "card": {"reference_status": "pending", "type": "refund"},
            "type": "card",
        },
        "metadata": {wire.REFUND_KEY: str(request.id), "order": request.order_token},
        "payment_intent": request.intent_id,
        "reason": "requested_by_customer",
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def _with_reference(refund: Refund) -> Refund:
    card = {
        "reference": secrets.token_hex(6),
        "reference_status": "available",
        "type": "refund",
    }
    return {**refund, "destination_details": {"card": card, "type": "card"}}


def _paid(connection: sqlite3.Connection, intent_id: str) -> Mapping[str, Any] | None:
    row = connection.execute(
        "SELECT body FROM session"
        " WHERE json_extract(body, '$.payment_intent') = ? AND funds = 'arrived'",
        (intent_id,),
    ).fetchone()
    return json.loads(row["body"]) if row else None


def _gone(connection: sqlite3.Connection, intent_id: str) -> int:
    question = "SELECT coalesce(sum(amount), 0) FROM refund WHERE intent = ?"
    return int(connection.execute(question, (intent_id,)).fetchone()[0])
