"""Stripe's written form: the signature under a webhook, and the notice inside it.

Pure functions over bytes, without Stripe's SDK, so that the sandbox speaks the very same language.
Whatever comes in, the only exception is `ForgedNotice`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from eterno.adapters.stripe.fields import (
    amounts_of,
    buyer_of,
    inner,
    intent_of,
    order_token_of,
    printable,
)
from eterno.adapters.stripe.refunds import REFUND_KEY, dispute_of, refund_of
from eterno.application.ports.payments import (
    ForgedNotice,
    FraudWarning,
    PaymentNotice,
    SessionReport,
    SessionStatus,
)

__all__ = ["REFUND_KEY", "dispute_of", "notice_of", "refund_of", "report_of", "sign", "verify"]

TOLERANCE = 300
"""Seconds after which a signature is too old: what was overheard cannot be replayed later."""
LONGEST_HEADER = 4_096
_TIMESTAMP = re.compile(r"[0-9]{1,12}")

_COMPLETED = "checkout.session.completed"
_FOLLOWED: Mapping[str, SessionStatus | None] = {
    _COMPLETED: None,
    "checkout.session.async_payment_succeeded": SessionStatus.PAID,
    "checkout.session.async_payment_failed": SessionStatus.FAILED,
    "checkout.session.expired": SessionStatus.EXPIRED,
}
"""The events about sessions, and what each says; None where the session itself must tell."""
_REFUNDS = ("refund.created", "refund.updated", "refund.failed")
_DISPUTES = ("charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed")
_WARNING = "radar.early_fraud_warning.created"
KINDS = (*_FOLLOWED, *_REFUNDS, *_DISPUTES, _WARNING)
"""All that have an effect: what a webhook endpoint must be told of."""


def sign(body: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header for `body`, signed at this Unix time."""
    return f"t={at},v1={_digest(body, secret, str(at))}"


def verify(
    body: bytes, header: str, secrets: Sequence[str], now: int, tolerance: int = TOLERANCE
) -> None:
    """Return if one of `secrets` signed `body` no more than `tolerance` seconds before `now`.

    The header may hold several signatures, and there may be several secrets while one is being
    replaced. As with Stripe's own SDK, a time ahead of our clock is no fault: it is signed too.
    Raises `ForgedNotice`, also for a header that is none and for no secrets at all.
    """
    at, signatures = _parts(header)
    if int(at) < now - tolerance:
        raise ForgedNotice("The notice was signed too long ago")
    expected = [_digest(body, secret, at).encode() for secret in secrets if secret]
    found = False
    for signature in signatures:
        for digest in expected:
            found |= hmac.compare_digest(digest, signature.encode(errors="replace"))
    if not found:
        raise ForgedNotice("The notice is not signed with our secret")


def notice_of(body: bytes, livemode: bool) -> PaymentNotice:
    """The notice in a body whose signature was verified.

    Raises `ForgedNotice` when it is not an event as Stripe writes it, or is for the other mode.
    """
    return notice_in(_object(body), livemode)


def notice_in(event: Mapping[str, Any], livemode: bool) -> PaymentNotice:
    """The notice in an event that Stripe was asked for. Raises `ForgedNotice` as `notice_of`."""
    id, kind, created = event.get("id"), event.get("type"), event.get("created")
    if event.get("object") != "event" or not printable(id) or not printable(kind):
        raise ForgedNotice("The notice is not an event")
    if event.get("livemode") is not livemode:
        raise ForgedNotice("The notice is for another mode")
    thing = inner(event, "data", "object")
    if kind in _REFUNDS:
        refund = refund_of(thing, _time(created))
        return PaymentNotice(id=id, kind=kind, report=None, refund=refund)
    if kind in _DISPUTES:
        return PaymentNotice(id=id, kind=kind, report=None, dispute=dispute_of(thing))
    if kind == _WARNING:
        warning = FraudWarning(intent_id=intent_of(thing))
        return PaymentNotice(id=id, kind=kind, report=None, warning=warning)
    if kind not in _FOLLOWED:
        return PaymentNotice(id=id, kind=kind, report=None)
    if not printable(thing.get("id")):
        raise ForgedNotice("The notice names no session")
    status = _FOLLOWED[kind] or _completed(thing)
    return PaymentNotice(id=id, kind=kind, report=_report(thing, _time(created), status))


def report_of(session: Mapping[str, Any], at: datetime) -> SessionReport:
    """What a `checkout.session` says of itself, when Stripe was asked for it at `at`.

    A session whose money did not arrive looks as if it were still on its way; only its
    `payment_intent` knows better, so ask for that expanded. Raises `ForgedNotice` for no session.
    """
    if not printable(session.get("id")):
        raise ForgedNotice("This is not a session")
    match session.get("status"):
        case "open":
            status = SessionStatus.OPEN
        case "expired":
            status = SessionStatus.EXPIRED
        case "complete":
            status = _completed(session)
        case _:
            raise ForgedNotice("The session does not say how it stands")
    return _report(session, at, status)


def _report(session: Mapping[str, Any], at: datetime, status: SessionStatus) -> SessionReport:
    is_over = status not in (SessionStatus.OPEN, SessionStatus.EXPIRED)
    return SessionReport(
        session_id=session["id"],
        order_token=order_token_of(session),
        status=status,
        amounts=amounts_of(session) if is_over else None,
        intent_id=intent_of(session),
        buyer=buyer_of(session),
        at=at,
    )


def _completed(session: Mapping[str, Any]) -> SessionStatus:
    if session.get("payment_status") in ("paid", "no_payment_required"):
        return SessionStatus.PAID
    if inner(session, "payment_intent").get("status") in ("requires_payment_method", "canceled"):
        return SessionStatus.FAILED
    return SessionStatus.PENDING


def _digest(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _parts(header: str) -> tuple[str, list[str]]:
    pairs = [part.strip().partition("=") for part in header[:LONGEST_HEADER].split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    if len(times) != 1 or not _TIMESTAMP.fullmatch(times[0]):
        raise ForgedNotice("The notice is not signed")
    return times[0], [value for name, _, value in pairs if name == "v1"]


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise ForgedNotice("The notice is not JSON") from None
    if not isinstance(event, dict):
        raise ForgedNotice("The notice is not an event")
    return event


def _time(created: object) -> datetime:
    if not isinstance(created, int) or isinstance(created, bool):
        raise ForgedNotice("The notice does not say when")
    try:
        return datetime.fromtimestamp(created, UTC)
    except (ValueError, OverflowError, OSError):
        raise ForgedNotice("The notice does not say when") from None
