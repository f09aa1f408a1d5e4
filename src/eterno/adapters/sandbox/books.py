"""Checkouts as they are written down, each together with the event that tells of its last move.

All functions work inside the caller's transaction. Stands in for Stripe's own books; not for
production.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from eterno.adapters.sandbox import objects
from eterno.adapters.sandbox.checkout import Checkout, Funds, Line, Promise
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.domain.money import Currency, Money


def find(connection: sqlite3.Connection, id: str) -> Checkout | None:
    row = connection.execute("SELECT * FROM session WHERE id = ?", (id,)).fetchone()
    return _checkout(row) if row else None


def find_attempt(connection: sqlite3.Connection, attempt: str) -> Checkout | None:
    """The checkout that was opened with this idempotency key."""
    row = connection.execute("SELECT * FROM session WHERE attempt = ?", (attempt,)).fetchone()
    return _checkout(row) if row else None


def overdue(connection: sqlite3.Connection, now: datetime, *, most: int) -> Sequence[Checkout]:
    """Those to which time alone has done something: see `Checkout.at`."""
    rows = connection.execute(
        "SELECT * FROM session WHERE status = 'open' AND expires_at <= :now"
        " UNION ALL SELECT * FROM session WHERE promised_at <= :now LIMIT :most",
        {"now": now.timestamp(), "most": most},
    )
    return [_checkout(row) for row in rows.fetchall()]


def undelivered(connection: sqlite3.Connection, since: datetime) -> Sequence[bytes]:
    """The events since then that the shop has not taken."""
    rows = connection.execute(
        "SELECT body FROM event WHERE outcome <> 'delivered' AND created_at >= ? ORDER BY rowid",
        (since.timestamp(),),
    )
    return [bytes(row["body"]) for row in rows.fetchall()]


def paid(connection: sqlite3.Connection) -> Sequence[Checkout]:
    """Those whose money has arrived."""
    rows = connection.execute("SELECT * FROM session WHERE funds = 'arrived' ORDER BY rowid")
    return [_checkout(row) for row in rows.fetchall()]


def add(connection: sqlite3.Connection, checkout: Checkout, attempt: str) -> None:
    """Write down a new one. Raises `sqlite3.IntegrityError` for an idempotency key in use."""
    connection.execute(
        "INSERT INTO session (id, attempt, status, expires_at, body, lines, offers)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            checkout.id,
            attempt,
            checkout.status,
            checkout.session["expires_at"],
            json.dumps(checkout.session),
            json.dumps(
                [
                    [line.name, line.label, line.quantity, line.total.minor]
                    for line in checkout.lines
                ]
            ),
            json.dumps(
                [[offer.name, offer.amount.minor, *offer.days] for offer in checkout.offers]
            ),
        ),
    )


def save(connection: sqlite3.Connection, checkout: Checkout, now: datetime) -> None:
    """Write down what the last move changed, and queue the event that tells the shop. Nothing to do
    for a checkout without news."""
    if checkout.news is None:
        return
    promise = checkout.promise
    connection.execute(
        "UPDATE session SET status = ?, body = ?, funds = ?, promised_at = ?, promised_end = ?"
        " WHERE id = ?",
        (
            checkout.status,
            json.dumps(checkout.session),
            checkout.funds,
            promise.at.timestamp() if promise else None,
            promise.end if promise else None,
            checkout.id,
        ),
    )
    queue(connection, checkout.news, checkout.session, now)


def queue(
    connection: sqlite3.Connection, kind: str, thing: Mapping[str, Any], now: datetime
) -> None:
    """Tell the shop, soon, that `kind` has happened to `thing`."""
    at = now.timestamp()
    event = objects.event(kind, thing, int(at))
    connection.execute(
        "INSERT INTO event (id, body, created_at, due_at) VALUES (?, ?, ?, ?)",
        (event["id"], json.dumps(event).encode(), at, at),
    )


def _checkout(row: sqlite3.Row) -> Checkout:
    session = json.loads(row["body"])
    currency = Currency(session["currency"].upper())
    return Checkout(
        session=session,
        lines=tuple(
            Line(name=name, label=label, quantity=quantity, total=Money(total, currency))
            for name, label, quantity, total in json.loads(row["lines"])
        ),
        offers=tuple(
            ShippingOffer(name, Money(amount, currency), (least, most))
            for name, amount, least, most in json.loads(row["offers"])
        ),
        funds=Funds(row["funds"]) if row["funds"] else None,
        promise=Promise(
            at=datetime.fromtimestamp(row["promised_at"], UTC), end=Funds(row["promised_end"])
        )
        if row["promised_end"]
        else None,
    )
