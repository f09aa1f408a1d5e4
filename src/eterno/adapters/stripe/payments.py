"""Payments with Stripe Checkout."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from stripe import InvalidRequestError, PermissionError, StripeError  # noqa: A004

from eterno.adapters.stripe import wire
from eterno.adapters.stripe.client import TIMEOUTS, connected, unavailable
from eterno.adapters.stripe.fields import inner, printable
from eterno.adapters.stripe.parameters import (
    Venue,
    attempt_of,
    refund_attempt_of,
    refund_parameters,
    session_parameters,
)
from eterno.application.ports.payments import (
    DisputeReport,
    ForgedNotice,
    PaymentNotice,
    PaymentsUnavailable,
    RefundRefused,
    RefundReport,
    RefundRequest,
    SessionReport,
    SessionStatus,
)
from eterno.application.ports.system import Clock
from eterno.domain.orders import Order
from eterno.domain.payments import PaymentSession

MOST_MISSED = 10_000
"""Undelivered notices that are looked at in one go, the newest first."""
MOST_ATTEMPTS = 50
"""At one refund: far more failures than the outbox has patience for."""
MOST_LISTED = 10_000
"""The same of payments, refunds and disputes."""
LONGEST_SLEEP = timedelta(hours=12)
"""Between looking for a refund and asking for it. Stripe knows a key for 24 hours at least."""

_FINAL = frozenset(
    {
        "charge_already_refunded",
        "charge_disputed",
        "charge_not_refundable",
        "refund_disputed_payment",
    }
)
"""Why Stripe will never make a refund, beside an amount of more than is left. Anything else may be
over tomorrow or our own mistake: the key of another account, say, that knows no such payment."""

log = logging.getLogger(__name__)


class StripePayments:
    """Implements `Payments`.

    Stripe's answers are checked before they are believed: a session of the other mode (test or
    live) or without a page is no session. Notices are read without asking Stripe.
    """

    def __init__(
        self,
        key: str,
        *,
        webhook_secrets: Sequence[str],
        venue: Venue,
        clock: Clock,
        base_address: str | None = None,
        timeouts: tuple[float, float] = TIMEOUTS,
    ) -> None:
        """`webhook_secrets` are all that notices may be signed with. `base_address` is another
        place that speaks Stripe's language, for tests."""
        self._client = connected(key, base_address=base_address, timeouts=timeouts)
        self._livemode = "_live_" in key
        self._secrets = webhook_secrets
        self._venue = venue
        self._clock = clock

    def open_session(self, order: Order) -> PaymentSession:
        parameters = session_parameters(order, self._venue)
        try:
            answer = self._client.v1.checkout.sessions.create(
                parameters, {"idempotency_key": attempt_of(order)}
            )
        except StripeError as error:
            raise unavailable(error) from error
        session = self._ours(answer.to_dict())
        id, url = session.get("id"), session.get("url")
        if not printable(id) or not isinstance(url, str):
            log.error("Stripe answered a session without a page")
            raise PaymentsUnavailable(lasting=True)
        return PaymentSession(id=id, url=url)

    def close_session(self, session_id: str) -> SessionReport:
        try:
            answer = self._client.v1.checkout.sessions.expire(session_id)
        except InvalidRequestError:  # it is not open any more, or never was
            report = self.look_at(session_id)
            if report.status is SessionStatus.OPEN:
                log.error("Stripe neither closes session %s nor says why", session_id)
                raise PaymentsUnavailable from None
            return report
        except StripeError as error:
            raise unavailable(error) from error
        return self._report(answer.to_dict())

    def look_at(self, session_id: str) -> SessionReport:
        try:
            # Only the intent knows that money which was on its way has failed.
            answer = self._client.v1.checkout.sessions.retrieve(
                session_id, {"expand": ["payment_intent"]}
            )
        except InvalidRequestError as error:
            if error.http_status == 404:
                return SessionReport.unknown(session_id, self._clock.now())
            raise unavailable(error) from error
        except StripeError as error:
            raise unavailable(error) from error
        return self._report(answer.to_dict())

    def refund(self, request: RefundRequest) -> RefundReport:
        looked_at = self._clock.now()
        try:
            refund = self._made(request) or self._make(request, looked_at)
        except StripeError as error:
            raise unavailable(error) from error
        report = wire.refund_of(refund, self._clock.now())
        if report is None:
            log.error("Stripe answered something else than refund %s", request.id)
            raise PaymentsUnavailable
        return report

    def _made(self, request: RefundRequest) -> Mapping[str, Any] | None:
        """The refund that was made for this request. One that failed was made, too."""
        if request.provider_id is not None:
            return self._client.v1.refunds.retrieve(request.provider_id).to_dict()
        refunds = self._client.v1.refunds.list({"payment_intent": request.intent_id, "limit": 100})
        ours = (refund.to_dict() for refund in refunds.auto_paging_iter())
        name = str(request.id)
        return next((r for r in ours if inner(r, "metadata").get(wire.REFUND_KEY) == name), None)

    def _make(self, request: RefundRequest, looked_at: datetime) -> Mapping[str, Any]:
        """Under the first key of which Stripe does not remember a failure; nothing, if it was
        looked for so long ago that Stripe may have forgotten who else has made it meanwhile."""
        parameters, attempt = refund_parameters(request), 1
        while True:
            key = refund_attempt_of(request, attempt)
            if self._clock.now() - looked_at > LONGEST_SLEEP:
                log.warning("refund %s was looked for too long ago to be made now", request.id)
                raise PaymentsUnavailable
            try:
                made = self._client.v1.refunds.create(parameters, {"idempotency_key": key})
                return made.to_dict()
            except StripeError as error:
                if _is_final(error):
                    log.warning("Stripe refuses refund %s: %s", request.id, error.code)
                    raise RefundRefused(error.code or "it cannot be made") from error
                if not _is_replayed(error) or attempt == MOST_ATTEMPTS:
                    raise
                attempt += 1

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        wire.verify(body, signature, self._secrets, int(self._clock.now().timestamp()))
        return wire.notice_of(body, self._livemode)

    def missed_notices(self, since: datetime) -> Sequence[PaymentNotice]:
        try:
            events = self._client.v1.events.list(
                {
                    "delivery_success": False,
                    "types": list(wire.KINDS),
                    "created": {"gte": int(since.timestamp())},
                    "limit": 100,
                }
            )
            found = [e.to_dict() for e in islice(events.auto_paging_iter(), MOST_MISSED)]
        except StripeError as error:
            raise unavailable(error) from error
        if len(found) == MOST_MISSED:
            log.warning("more than %s missed notices; older ones are left out", MOST_MISSED)
        return [notice for event in found if (notice := self._notice(event))]

    def payments(self, since: datetime) -> Sequence[SessionReport]:
        since_then = int(since.timestamp())
        sessions = self._client.v1.checkout.sessions
        try:
            listed = sessions.list(
                {"created": {"gte": since_then}, "status": "complete", "limit": 100}
            )
            found = [it.to_dict() for it in islice(listed.auto_paging_iter(), MOST_LISTED)]
        except StripeError as error:
            raise unavailable(error) from error
        return [self._report(it) for it in found if it["payment_status"] == "paid"]

    def refunds(self, since: datetime) -> Sequence[RefundReport]:
        since_then = int(since.timestamp())
        try:
            listed = self._client.v1.refunds.list({"created": {"gte": since_then}, "limit": 100})
            found = [it.to_dict() for it in islice(listed.auto_paging_iter(), MOST_LISTED)]
        except StripeError as error:
            raise unavailable(error) from error
        reports = (wire.refund_of(refund, self._clock.now()) for refund in found)
        return [report for report in reports if report]

    def disputes(self, since: datetime) -> Sequence[DisputeReport]:
        since_then = int(since.timestamp())
        try:
            listed = self._client.v1.disputes.list({"created": {"gte": since_then}, "limit": 100})
            found = [it.to_dict() for it in islice(listed.auto_paging_iter(), MOST_LISTED)]
        except StripeError as error:
            raise unavailable(error) from error
        return [report for it in found if (report := wire.dispute_of(it))]

    def refusals(self) -> Sequence[str]:
        """What the key may not do though the shop needs it, found out without changing anything.

        Raises `PaymentsUnavailable`. Opening and closing sessions cannot be tried without doing so.
        """
        questions: Mapping[str, Callable[[], object]] = {
            "read Checkout Sessions": lambda: self._client.v1.checkout.sessions.list({"limit": 1}),
            "read Refunds": lambda: self._client.v1.refunds.list({"limit": 1}),
            "read Disputes": lambda: self._client.v1.disputes.list({"limit": 1}),
            "read Events": lambda: self._client.v1.events.list({"limit": 1}),
        }
        refused = []
        for what, ask in questions.items():
            try:
                ask()
            except PermissionError:
                refused.append(what)
            except StripeError as error:
                raise unavailable(error) from error
        return refused

    def _notice(self, event: Mapping[str, Any]) -> PaymentNotice | None:
        try:
            return wire.notice_in(event, self._livemode)
        except ForgedNotice as oddity:
            log.error("Stripe lists a notice that cannot be read: %s", oddity.detail)
            return None

    def _report(self, session: Mapping[str, Any]) -> SessionReport:
        try:
            return wire.report_of(self._ours(session), self._clock.now())
        except ForgedNotice as oddity:
            log.error("Stripe answered something else: %s", oddity.detail)
            raise PaymentsUnavailable from oddity

    def _ours(self, session: Mapping[str, Any]) -> Mapping[str, Any]:
        if session.get("livemode") is not self._livemode:
            log.error("Stripe answered for another mode than the key's")
            raise PaymentsUnavailable(lasting=True)
        return session


def _is_final(error: StripeError) -> bool:
    return isinstance(error, InvalidRequestError) and (
        error.code in _FINAL or error.param == "amount"
    )


def _is_replayed(error: StripeError) -> bool:
    """Whether this is how an earlier request under the same key failed, which might be over."""
    return (error.headers or {}).get("idempotent-replayed") == "true"
