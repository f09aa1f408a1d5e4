"""Stripe's SDK, tamed: one version of the API, short time-outs, no retries, no provider's words."""

from __future__ import annotations

import logging

from stripe import (
    IdempotencyError,
    RateLimitError,
    RequestsClient,
    StripeClient,
    StripeError,
)

from eterno.application.ports.payments import PaymentsUnavailable

API_VERSION = "2026-10-28.endive"
"""What this adapter was written for, whatever the account's own default is."""
TIMEOUTS = (1.0, 5.0)
"""Seconds to connect, and to wait for an answer: a buyer is waiting too."""

log = logging.getLogger(__name__)


def connected(
    key: str, *, base_address: str | None = None, timeouts: tuple[float, float] = TIMEOUTS
) -> StripeClient:
    """A client that asks once. Repeating is for whoever can do so under the same idempotency key
    without a buyer waiting."""
    return StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base_address} if base_address else None,
        http_client=RequestsClient(timeout=timeouts),
        max_network_retries=0,
    )


def unavailable(error: StripeError) -> PaymentsUnavailable:
    """What an error of the SDK means for us. Logged without Stripe's text, which may repeat what it
    was sent; the request's id finds it in Stripe's own log.

    Not lasting, because the same question may be answered the next time: no answer at all, too many
    questions (429), the same one being answered right now (409). Lasting: a failure (5xx), which
    Stripe repeats for its key, and whatever it finds wrong with the question.
    """
    status = error.http_status
    facts = (type(error).__name__, status, error.code, error.request_id)
    if status is None or status < 400:
        log.warning("Stripe did not answer: %s (status %s, code %s, request %s)", *facts)
        return PaymentsUnavailable()
    if isinstance(error, RateLimitError) or status in (409, 429):
        log.warning("Stripe is busy: %s (status %s, code %s, request %s)", *facts)
        return PaymentsUnavailable()
    if status >= 500:
        log.warning("Stripe failed: %s (status %s, code %s, request %s)", *facts)
        return PaymentsUnavailable(lasting=True)
    what = (
        "Stripe was asked another thing under a used idempotency key"
        if isinstance(error, IdempotencyError)
        else "Stripe refuses what it was asked; are key and account set up for it?"
    )
    log.error(
        f"{what} %s (status %s, code %s, request %s, parameter %s)",
        *facts,
        getattr(error, "param", None),
    )
    return PaymentsUnavailable(lasting=True)
