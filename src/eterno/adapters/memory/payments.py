"""A payment service in the palm of a test's hand."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from eterno.adapters.memory.bank import MemoryBank
from eterno.adapters.memory.tables import BrokenRule, rule
from eterno.application.ports.payments import (
    DisputeReport,
    ForgedNotice,
    FraudWarning,
    PaymentNotice,
    PaymentsUnavailable,
    RefundReport,
    RefundRequest,
    SessionReport,
    SessionStatus,
)
from eterno.application.ports.system import Clock
from eterno.domain.disputes import DisputeStage, DisputeState
from eterno.domain.money import Money
from eterno.domain.orders import Address, Buyer, Order
from eterno.domain.payments import Amounts, PaymentSession
from eterno.domain.refunds import RefundState

SHORTEST_SESSION = timedelta(minutes=30)
"""A session must be asked for with at least so much time to live, as Stripe demands."""
TOLERANCE = timedelta(seconds=300)
"""A notice signed longer ago is not believed."""

ADA = Buyer(
    email="ada@example.org",
    name="Ada Lovelace",
    phone="+44 20 7946 0000",
    ship_to=Address(
        name="Ada Lovelace",
        line1="12 St James's Square",
        line2=None,
        city="London",
        state=None,
        postal_code="SW1Y 4JH",
        country="GB",
    ),
)
"""Who pays, unless a test says otherwise."""


class Trouble(Enum):
    """What is the matter with the service."""

    SILENT_BEFORE = auto()
    """It does nothing and does not answer."""
    SILENT_AFTER = auto()
    """It does what it was asked, and the answer is lost."""
    LASTING = auto()
    """It fails, and remembers the failure under the order's attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A session as the service knows it."""

    session: PaymentSession
    order: Order
    """As it was when the session was asked for; the service knows nothing newer."""
    status: SessionStatus
    amounts: Amounts
    buyer: Buyer | None = None
    opened_at: datetime
    at: datetime


class MemoryPayments:
    """Implements `Payments`. Pages live here; a test plays the buyer and the bank.

    Each thing that happens to a session gives the notice that the service would send. `sealed` puts
    a notice, also one that a test has altered, into the form in which it arrives.
    """

    def __init__(self, clock: Clock) -> None:
        self.trouble: Trouble | None = None
        """Test control: how every question fares until this is None again."""
        self.meanwhile: Callable[[], object] | None = None
        """Test control: what happens once, between the next opening of a session and its answer."""
        self.notices: list[PaymentNotice] = []
        """Everything the service has had to say, in the order in which it happened."""
        self.refunds_take_time = False
        """Test control: while True, money that is given back is on its way until `end_refund`."""
        self._clock = clock
        self._bank = MemoryBank()
        self._pages: dict[str, _Page] = {}
        self._failed: set[str] = set()
        self._posted: dict[str, PaymentNotice] = {}
        self._said_at: dict[str, datetime] = {}
        self._read: set[str] = set()

    # What the shop asks.

    def open_session(self, order: Order) -> PaymentSession:
        attempt = f"cs_{order.token}_{order.attempt}"
        if self.trouble is Trouble.LASTING:
            self._failed.add(attempt)
        if attempt in self._failed:
            self._interrupt()
            raise PaymentsUnavailable(lasting=True)
        if self.trouble is Trouble.SILENT_BEFORE:
            self._interrupt()
            raise PaymentsUnavailable
        if attempt not in self._pages:
            self._pages[attempt] = self._new_page(attempt, order)
        page = self._pages[attempt]
        rule(
            "an attempt is repeated with the same parameters",
            (page.order.lines, page.order.pay_by) == (order.lines, order.pay_by),
        )
        self._interrupt()
        if self.trouble is Trouble.SILENT_AFTER:
            raise PaymentsUnavailable
        return page.session

    def close_session(self, session_id: str) -> SessionReport:
        if self.trouble in (Trouble.SILENT_BEFORE, Trouble.LASTING):
            raise PaymentsUnavailable
        if session_id not in self._pages:
            return SessionReport.unknown(session_id, self._clock.now())
        if self._status(session_id) is SessionStatus.OPEN:
            self.expire(session_id)
        if self.trouble is Trouble.SILENT_AFTER:
            raise PaymentsUnavailable
        return self._report(session_id)

    def look_at(self, session_id: str) -> SessionReport:
        if self.trouble:
            raise PaymentsUnavailable
        if session_id not in self._pages:
            return SessionReport.unknown(session_id, self._clock.now())
        return self._report(session_id)

    def refund(self, request: RefundRequest) -> RefundReport:
        if self.trouble in (Trouble.SILENT_BEFORE, Trouble.LASTING):
            raise PaymentsUnavailable
        report = self._bank.known(request)
        if report is None:
            status = RefundState.PENDING if self.refunds_take_time else RefundState.SUCCEEDED
            report = self._bank.give_back(request, status, self._clock.now())
            self._say("refund.created", refund=report)
        if self.trouble is Trouble.SILENT_AFTER:
            raise PaymentsUnavailable
        return report

    def read_notice(self, body: bytes, signature: str) -> PaymentNotice:
        signed_at, _, seal = signature.rpartition(".")
        if not hmac.compare_digest(_seal(signed_at, body), seal.encode(errors="replace")):
            raise ForgedNotice("This notice was not signed by the payment service")
        if self._clock.now() - datetime.fromisoformat(signed_at) > TOLERANCE:
            raise ForgedNotice("This notice was signed too long ago")
        notice = self._posted[body.decode()]
        self._read.add(notice.id)
        return notice

    def missed_notices(self, since: datetime) -> Sequence[PaymentNotice]:
        """Those that were never read."""
        if self.trouble:
            raise PaymentsUnavailable
        return [
            notice
            for notice in self.notices
            if notice.id not in self._read and self._said_at[notice.id] >= since
        ]

    def payments(self, since: datetime) -> Sequence[SessionReport]:
        if self.trouble:
            raise PaymentsUnavailable
        opened = [id for id, page in self._pages.items() if page.opened_at >= since]
        reports = map(self._report, opened)
        return [report for report in reports if report.status is SessionStatus.PAID]

    def refunds(self, since: datetime) -> Sequence[RefundReport]:
        if self.trouble:
            raise PaymentsUnavailable
        return self._bank.made(since)

    def disputes(self, since: datetime) -> Sequence[DisputeReport]:
        if self.trouble:
            raise PaymentsUnavailable
        return self._bank.disputed(since)

    # What a test does.

    def pay(
        self, session_id: str, *, amounts: Amounts | None = None, buyer: Buyer | None = ADA
    ) -> PaymentNotice:
        """The buyer pays, or the money that was on its way arrives."""
        before = self._must_be(session_id, SessionStatus.OPEN, SessionStatus.PENDING)
        kind = "completed" if before is SessionStatus.OPEN else "async_payment_succeeded"
        if amounts is not None:
            self._pages[session_id] = replace(self._pages[session_id], amounts=amounts)
        return self._becomes(session_id, SessionStatus.PAID, kind, buyer)

    def complete_later(self, session_id: str, *, buyer: Buyer | None = ADA) -> PaymentNotice:
        """The buyer has done her part; the money is on its way."""
        self._must_be(session_id, SessionStatus.OPEN)
        return self._becomes(session_id, SessionStatus.PENDING, "completed", buyer)

    def fail(self, session_id: str) -> PaymentNotice:
        """The money that was on its way does not arrive."""
        self._must_be(session_id, SessionStatus.PENDING)
        buyer = self._pages[session_id].buyer
        return self._becomes(session_id, SessionStatus.FAILED, "async_payment_failed", buyer)

    def expire(self, session_id: str) -> PaymentNotice:
        """Nobody has paid, and nobody can any more."""
        if self._pages[session_id].status is not SessionStatus.OPEN:
            raise BrokenRule("only an open session expires")
        return self._becomes(session_id, SessionStatus.EXPIRED, "expired", None)

    def refund_elsewhere(self, session_id: str, amount: Money) -> PaymentNotice:
        """Somebody gives money back at the service itself."""
        report = self._bank.give_back_elsewhere(f"pi_{session_id}", amount, self._clock.now())
        return self._say("refund.created", refund=report)

    def end_refund(self, provider_id: str, status: RefundState) -> PaymentNotice:
        """The bank says what became of a refund."""
        kind = "refund.failed" if status is RefundState.FAILED else "refund.updated"
        return self._say(kind, refund=self._bank.end(provider_id, status, self._clock.now()))

    def dispute(
        self,
        session_id: str,
        state: DisputeState,
        *,
        id: str = "du_1",
        stage: DisputeStage = DisputeStage.CHARGEBACK,
    ) -> PaymentNotice:
        """The buyer has asked her bank for the money; the answer is due in a week."""
        now = self._clock.now()
        report = self._bank.dispute(f"pi_{session_id}", id, state, stage, at=now)
        return self._say("charge.dispute.updated", dispute=report)

    def say(self, kind: str) -> PaymentNotice:
        """The service says something that the shop does not follow."""
        return self._say(kind)

    def warn(self, session_id: str) -> PaymentNotice:
        """A bank suspects that the card is not the buyer's."""
        warning = FraudWarning(intent_id=f"pi_{session_id}")
        return self._say("radar.early_fraud_warning.created", warning=warning)

    def sealed(self, notice: PaymentNotice) -> tuple[bytes, str]:
        """The notice as it is sent, now: body and signature."""
        self._posted[notice.id] = notice
        body = notice.id.encode()
        signed_at = self._clock.now().isoformat()
        return body, f"{signed_at}.{_seal(signed_at, body).decode()}"

    def sessions(self, order_token: str) -> list[str]:
        """The ids of the order's sessions, in the order in which they were opened."""
        return [id for id, page in self._pages.items() if page.order.token == order_token]

    def session_at(self, url: str) -> str:
        """The id of the session whose page this is."""
        return next(id for id, page in self._pages.items() if page.session.url == url)

    # How it works.

    def _new_page(self, id: str, order: Order) -> _Page:
        now = self._clock.now()
        rule("a session lives for 30 minutes at least", order.pay_by - now >= SHORTEST_SESSION)
        return _Page(
            session=PaymentSession(id=id, url=f"https://pay.example/{id}"),
            order=order,
            status=SessionStatus.OPEN,
            amounts=amounts_of(order),
            opened_at=now,
            at=now,
        )

    def _status(self, session_id: str) -> SessionStatus:
        page = self._pages[session_id]
        if page.status is SessionStatus.OPEN and page.order.pay_by <= self._clock.now():
            return SessionStatus.EXPIRED
        return page.status

    def _must_be(self, session_id: str, *statuses: SessionStatus) -> SessionStatus:
        status = self._status(session_id)
        rule(f"a session that is {status} is {' or '.join(statuses)}", status in statuses)
        return status

    def _becomes(
        self, session_id: str, status: SessionStatus, kind: str, buyer: Buyer | None
    ) -> PaymentNotice:
        page = replace(self._pages[session_id], status=status, buyer=buyer, at=self._clock.now())
        self._pages[session_id] = page
        if status is SessionStatus.PAID:
            self._bank.take(f"pi_{session_id}", page.amounts.total)
        return self._say(f"checkout.session.{kind}", self._report(session_id))

    def _say(
        self,
        kind: str,
        report: SessionReport | None = None,
        *,
        refund: RefundReport | None = None,
        dispute: DisputeReport | None = None,
        warning: FraudWarning | None = None,
    ) -> PaymentNotice:
        id = f"evt_{len(self.notices) + 1}"
        notice = PaymentNotice(
            id=id, kind=kind, report=report, refund=refund, dispute=dispute, warning=warning
        )
        self.notices.append(notice)
        self._said_at[id] = self._clock.now()
        return notice

    def _report(self, session_id: str) -> SessionReport:
        page = self._pages[session_id]
        status = self._status(session_id)
        nothing_done = status in (SessionStatus.OPEN, SessionStatus.EXPIRED)
        return SessionReport(
            session_id=session_id,
            order_token=page.order.token,
            status=status,
            amounts=None if nothing_done else page.amounts,
            intent_id=None if nothing_done else f"pi_{session_id}",
            buyer=page.buyer,
            at=page.at,
        )

    def _interrupt(self) -> None:
        happening, self.meanwhile = self.meanwhile, None
        if happening:
            happening()


def amounts_of(order: Order, *, shipping: int = 0, tax: int = 0, discount: int = 0) -> Amounts:
    """What paying for this order comes to; delivery, tax and discount in minor units."""
    extra = Money(shipping + tax - discount, order.currency)
    return Amounts(
        subtotal=order.subtotal,
        discount=Money(discount, order.currency),
        shipping=Money(shipping, order.currency),
        tax=Money(tax, order.currency),
        total=order.subtotal + extra,
    )


def _seal(signed_at: str, body: bytes) -> bytes:
    message = signed_at.encode(errors="replace") + b"." + body
    return hmac.new(b"between the two of us", message, hashlib.sha256).hexdigest().encode()
