"""A payment service that moves no money. Stands in for Stripe Checkout; not for production."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from eterno.adapters.sandbox import books, objects, refunds
from eterno.adapters.sandbox.checkout import Checkout, Funds, Line, Promise
from eterno.adapters.sandbox.database import SandboxDatabase, SandboxUnavailable
from eterno.adapters.sandbox.objects import Venue
from eterno.adapters.sandbox.shipping import ShippingOffer
from eterno.adapters.stripe import wire
from eterno.application.ports.payments import (
    DisputeReport,
    PaymentNotice,
    PaymentsUnavailable,
    RefundRefused,
    RefundReport,
    RefundRequest,
    SessionReport,
    SessionStatus,
)
from eterno.application.ports.system import Clock
from eterno.domain.money import Money
from eterno.domain.orders import Buyer, Order
from eterno.domain.payments import PaymentSession

_SESSION_ID = re.compile(r"cs_test_[0-9a-f]{40}")
_INTENT_STATUS = {
    Funds.ARRIVED: "succeeded",
    Funds.AWAITED: "processing",
    Funds.FAILED: "requires_payment_method",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the payment page needs to know of a session."""

    id: str
    shop: str
    status: SessionStatus
    lines: tuple[Line, ...]
    offers: tuple[ShippingOffer, ...]
    subtotal: Money
    total: Money
    countries: tuple[str, ...]
    email: str | None
    success_url: str
    cancel_url: str
    expires_at: datetime
    promise: Promise | None

    def total_with(self, offer: ShippingOffer) -> Money:
        """What paying comes to with this way of delivery."""
        return self.subtotal + offer.amount


class SandboxPayments:
    """Implements `Payments`, and the buyer's moves on the page that goes with it.

    Every move answers how the session stands afterwards, or None when there is no such session. One
    that is not possible (paid twice, expired meanwhile) changes nothing. All raise
    `SandboxUnavailable`.
    """

    def __init__(
        self, database: SandboxDatabase, *, venue: Venue, webhook_secret: str, clock: Clock
    ) -> None:
        self._database = database
        self._venue = venue
        self._secret = webhook_secret
        self._clock = clock

    def open_session(self, order: Order) -> PaymentSession:
        try:
            id = self._opened(order, f"{order.token}:{order.attempt}").id
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        return PaymentSession(id=id, url=self._venue.page(id))

    def close_session(self, session_id: str) -> SessionReport:
        return self._report(session_id, Checkout.expire)

    def look_at(self, session_id: str) -> SessionReport:
        return self._report(session_id, lambda checkout: checkout)

    def refund(self, request: RefundRequest) -> RefundReport:
        now = self._clock.now()
        try:
            with self._database.write() as connection:
                refund = refunds.find(connection, request)
                report = wire.refund_of(refund or refunds.make(connection, request, now), now)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        if report is None:
            raise RefundRefused("the sandbox wrote down a refund that cannot be read")
        return report

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        wire.verify(body, signature, [self._secret], int(self._clock.now().timestamp()))
        return wire.notice_of(body, livemode=False)

    def missed_notices(self, since: datetime) -> Sequence[PaymentNotice]:
        try:
            with self._database.read() as connection:
                bodies = books.undelivered(connection, since)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        return [wire.notice_of(body, livemode=False) for body in bodies]

    def payments(self, since: datetime) -> Sequence[SessionReport]:
        now = self._clock.now()
        try:
            with self._database.read() as connection:
                found = books.paid(connection)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        since_then = int(since.timestamp())
        return [_report(it, now) for it in found if it.session["created"] >= since_then]

    def refunds(self, since: datetime) -> Sequence[RefundReport]:
        now = self._clock.now()
        try:
            with self._database.read() as connection:
                found = refunds.made(connection, since)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        return [report for it in found if (report := wire.refund_of(it, now))]

    def disputes(self, since: datetime) -> Sequence[DisputeReport]:
        try:
            with self._database.read() as connection:
                found = refunds.disputed(connection, since)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        return [report for it in found if (report := wire.dispute_of(it))]

    def look(self, session_id: str) -> Look | None:
        """How the session stands."""
        return self._look(self._move(session_id, lambda checkout: checkout))

    def pay(self, session_id: str, buyer: Buyer, delivery: int) -> Look | None:
        """The buyer pays, with the way of delivery at that place among the offers."""
        return self._look(self._move(session_id, lambda checkout: checkout.pay(buyer, delivery)))

    def pay_later(
        self,
        session_id: str,
        buyer: Buyer,
        delivery: int,
        *,
        end: Funds | None = None,
        after: timedelta = timedelta(0),
    ) -> Look | None:
        """The buyer pays by a way that takes its time: the money comes or fails (`end`) by itself
        `after` a while, or, without an `end`, when `settle` is called."""
        promise = Promise(at=self._clock.now() + after, end=end) if end else None
        return self._look(
            self._move(session_id, lambda checkout: checkout.pay_later(buyer, delivery, promise))
        )

    def settle(self, session_id: str, end: Funds) -> Look | None:
        """The awaited money comes, or fails."""
        return self._look(self._move(session_id, lambda checkout: checkout.settle(end)))

    def expire(self, session_id: str) -> Look | None:
        """As if its time were over."""
        return self._look(self._move(session_id, Checkout.expire))

    def _opened(self, order: Order, attempt: str) -> Checkout:
        with self._database.write() as connection:
            if checkout := books.find_attempt(connection, attempt):
                return checkout
            checkout = Checkout(
                session=objects.opened(order, self._venue, int(self._clock.now().timestamp())),
                lines=tuple(
                    Line(
                        name=line.product_name,
                        label=line.variant_label,
                        quantity=line.quantity,
                        total=line.total,
                    )
                    for line in order.lines
                ),
                offers=tuple(self._venue.shipping),
            )
            books.add(connection, checkout, attempt)
            return checkout

    def _move(self, session_id: str, move: Callable[[Checkout], Checkout]) -> Checkout | None:
        if not _SESSION_ID.fullmatch(session_id):
            return None
        now = self._clock.now()
        with self._database.write() as connection:
            if checkout := books.find(connection, session_id):
                checkout = move(checkout.at(now))
                books.save(connection, checkout, now)
            return checkout

    def _report(self, session_id: str, move: Callable[[Checkout], Checkout]) -> SessionReport:
        try:
            checkout = self._move(session_id, move)
        except SandboxUnavailable as silence:
            raise PaymentsUnavailable from silence
        now = self._clock.now()
        return _report(checkout, now) if checkout else SessionReport.unknown(session_id, now)

    def _look(self, checkout: Checkout | None) -> Look | None:
        if checkout is None:
            return None
        session = checkout.session
        report = _report(checkout, self._clock.now())
        return Look(
            id=checkout.id,
            shop=self._venue.shop,
            status=report.status,
            lines=checkout.lines,
            offers=checkout.offers,
            subtotal=Money(session["amount_subtotal"], checkout.currency),
            total=Money(session["amount_total"], checkout.currency),
            countries=tuple(session["shipping_address_collection"]["allowed_countries"]),
            email=report.buyer.email if report.buyer else None,
            success_url=session["success_url"].replace("{CHECKOUT_SESSION_ID}", checkout.id),
            cancel_url=session["cancel_url"],
            expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
            promise=checkout.promise,
        )


def _report(checkout: Checkout, now: datetime) -> SessionReport:
    """As Stripe tells it when asked for the session with its payment intent expanded."""
    session = dict(checkout.session)
    if checkout.funds is not None:
        session["payment_intent"] = {
            "id": session["payment_intent"],
            "object": "payment_intent",
            "status": _INTENT_STATUS[checkout.funds],
        }
    return wire.report_of(session, now)
