"""A Stripe of our own: what matters of its API, over real HTTP, with buyer and bank in the test's
hand. It is as strict as Stripe where a mistake of ours would show only there.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from threading import RLock
from typing import Any

from eterno.adapters.stripe import wire
from eterno.application.ports.system import Clock
from eterno.domain.orders import Buyer
from tests.support.stripe_http import Answer, Question, Silence, serving
from tests.support.stripe_objects import completed, disputed, opened, refunded, warned

SECRET = "whsec_for_tests"
TEST_KEY = "sk_test_for_tests"
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
KEPT = 24 * 60 * 60
"""Seconds for which it remembers what it answered under a key."""
Json = dict[str, Any]


class Trouble(Enum):
    """What is the matter with Stripe."""

    SILENT_BEFORE = auto()
    """It does nothing and does not answer."""
    SILENT_AFTER = auto()
    """It does what it was asked, and the answer is lost."""
    FAILING = auto()
    """500, remembered under the idempotency key."""
    BUSY = auto()
    """429."""
    BEING_ANSWERED = auto()
    """409: another request with this key is under way."""


@dataclass
class Event:
    body: Json
    delivered: bool = False


@dataclass
class StripeStandIn:
    """Everything that Stripe knows. Moves of the buyer that are not possible change nothing."""

    clock: Clock
    address: str = ""
    trouble: Trouble | None = None
    delay: float = 0
    """Seconds until it begins to answer."""
    livemode: bool = False
    """What it says of every object."""
    refunds_take_time: bool = False
    """Whether a refund waits for its bank; see `end_refund`."""
    forbidden: tuple[str, ...] = ()
    """Paths that the key may not read."""
    questions: list[Question] = field(default_factory=list)
    """Every request that came, in order."""
    answers: list[tuple[Question, Answer]] = field(default_factory=list)
    sessions: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    disputes: dict[str, Json] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    _intents: dict[str, str] = field(default_factory=dict)
    _results: dict[str, tuple[int, Question, Answer]] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    # What the shop asks.

    def __call__(self, question: Question) -> Answer:
        """The answer to one request. Raises `Silence`."""
        time.sleep(self.delay)
        with self._lock:
            self.questions.append(question)
            if self.trouble is Trouble.SILENT_BEFORE:
                raise Silence
            answer = self._remembered(question)
            self.answers.append((question, answer))
            if self.trouble is Trouble.SILENT_AFTER:
                raise Silence
            return answer

    def _remembered(self, question: Question) -> Answer:
        """For a day a key keeps its first result, failures included, and takes nothing else."""
        if question.key not in (TEST_KEY, TEST_KEY.replace("sk_", "rk_")):
            return fault(401, "invalid_request_error", "Invalid API Key provided")
        if self.trouble is Trouble.BUSY:
            return fault(429, "invalid_request_error", "Too many requests", code="rate_limit")
        if self.trouble is Trouble.BEING_ANSWERED:
            return fault(409, "idempotency_error", "In use", code="idempotency_key_in_use")
        name, now = question.idempotency_key, self._now()
        if name not in self._results or self._results[name][0] < now - KEPT:
            answer = self._answer(question)
            began = answer.status < 400 or answer.status >= 500
            if question.method == "POST" and began:
                self._results[name] = (now, question, answer)
            return answer
        _, first, result = self._results[name]
        if (first.path, first.fields) != (question.path, question.fields):
            return fault(400, "idempotency_error", "Keys can only be used with the same parameters")
        return replace(result, is_replayed=True)

    def _answer(self, question: Question) -> Answer:
        if question.path in self.forbidden:
            return fault(403, "invalid_request_error", "The provided key lacks the permission")
        if self.trouble is Trouble.FAILING:
            return fault(500, "api_error", "Something went wrong on Stripe's end")
        match question.method, question.path.strip("/").split("/"):
            case "POST", ["v1", "checkout", "sessions"]:
                return self._open(question.fields)
            case "GET", ["v1", "checkout", "sessions"]:
                return self._list_sessions(question.fields)
            case "POST", ["v1", "checkout", "sessions", id, "expire"]:
                return self._close(id)
            case "GET", ["v1", "checkout", "sessions", id]:
                return self._show(id, question.fields.get("expand", []))
            case "POST", ["v1", "refunds"]:
                return self._pay_back(question.fields)
            case "GET", ["v1", "refunds"]:
                return self._list_refunds(question.fields)
            case "GET", ["v1", "refunds", id]:
                return Answer(200, dict(self.refunds[id]))
            case "GET", ["v1", "disputes"]:
                return self._list_disputes(question.fields)
            case "GET", ["v1", "events"]:
                return self._list_events(question.fields)
        return fault(404, "invalid_request_error", "Unrecognized request URL")

    def _open(self, asked: Mapping[str, Any]) -> Answer:
        now = self._now()
        lines = asked.get("line_items", [])
        if not SHORTEST <= int(asked["expires_at"]) - now <= LONGEST:
            return fault(400, "invalid_request_error", "30 minutes to 24 hours", "expires_at")
        if not 1 <= len(lines) <= 100 or len(asked.get("shipping_options", [])) > 5:
            return fault(400, "invalid_request_error", "Too many", "line_items")
        return Answer(200, self.sessions[self.open(asked)])

    def _close(self, id: str) -> Answer:
        session = self._at_this_time(id)
        if session is None:
            return no_such_session(id)
        if session["status"] != "open":
            return fault(400, "invalid_request_error", f"It has a status of {session['status']}")
        self.expire(id)
        return Answer(200, dict(session))

    def _show(self, id: str, expand: list[str]) -> Answer:
        session = self._at_this_time(id)
        if session is None:
            return no_such_session(id)
        intent = session["payment_intent"]
        if intent and "payment_intent" in expand:
            shown = {"id": intent, "object": "payment_intent", "status": self._intents[intent]}
            session = {
                **session,
                "payment_intent": {**shown, "created": self._now(), "livemode": self.livemode},
            }
        return Answer(200, dict(session))

    def _pay_back(self, asked: Mapping[str, Any]) -> Answer:
        intent, amount = asked["payment_intent"], int(asked["amount"])
        session = self._paid_by(intent)
        if session is None:
            return fault(404, "invalid_request_error", "No such intent", code="resource_missing")
        if amount > session["amount_total"] - self._gone(intent):
            return fault(400, "invalid_request_error", "Greater than unrefunded amount", "amount")
        refund = refunded(asked, session["currency"], self._now())
        if self.refunds_take_time:
            refund["status"] = "pending"
        self.refunds[refund["id"]] = refund
        self.say("refund.created", refund)
        return Answer(200, dict(refund))

    def _list_sessions(self, asked: Mapping[str, Any]) -> Answer:
        fitting = [
            dict(session)
            for session in reversed(self.sessions.values())
            if asked.get("status") in (None, session["status"])
            and session["created"] >= int(asked.get("created", {}).get("gte", 0))
        ]
        return listing_from(fitting, asked, "/v1/checkout/sessions")

    def _list_refunds(self, asked: Mapping[str, Any]) -> Answer:
        intent = asked.get("payment_intent")
        if intent is not None and self._paid_by(intent) is None:
            return fault(404, "invalid_request_error", "No such intent", code="resource_missing")
        fitting = [
            refund
            for refund in reversed(self.refunds.values())
            if intent in (None, refund["payment_intent"])
            and refund["created"] >= int(asked.get("created", {}).get("gte", 0))
        ]
        return listing_from(fitting, asked, "/v1/refunds")

    def _list_disputes(self, asked: Mapping[str, Any]) -> Answer:
        since = int(asked.get("created", {}).get("gte", 0))
        fitting = [it for it in reversed(self.disputes.values()) if it["created"] >= since]
        return listing_from(fitting, asked, "/v1/disputes")

    def _list_events(self, asked: Mapping[str, Any]) -> Answer:
        since = int(asked.get("created", {}).get("gte", 0))
        kinds = asked.get("types")
        fitting = [
            event.body
            for event in reversed(self.events)
            if (asked.get("delivery_success") != "false" or not event.delivered)
            and event.body["created"] >= since
            and (kinds is None or event.body["type"] in kinds)
        ]
        return listing_from(fitting, asked, "/v1/events")

    # What a test does.

    def open(self, asked: Mapping[str, Any]) -> str:
        """A session, whoever asks for it; its id."""
        session = opened(asked, self._now(), self.livemode, f"{self.address}/pay")
        self.sessions[session["id"]] = session
        return str(session["id"])

    def pay(self, id: str, buyer: Buyer, **changes: Any) -> None:
        """At once, with the first way of delivery; `changes` alter what the session then says."""
        if session := self._open_one(id):
            self._complete(session, buyer, "succeeded", {"payment_status": "paid", **changes})

    def pay_later(self, id: str, buyer: Buyer) -> None:
        if session := self._open_one(id):
            self._complete(session, buyer, "processing", {})

    def money_comes(self, id: str) -> None:
        if session := self._awaited(id):
            self._intents[session["payment_intent"]] = "succeeded"
            session["payment_status"] = "paid"
            self.say("checkout.session.async_payment_succeeded", session)

    def money_fails(self, id: str) -> None:
        if session := self._awaited(id):
            self._intents[session["payment_intent"]] = "requires_payment_method"
            self.say("checkout.session.async_payment_failed", session)

    def expire(self, id: str) -> None:
        session = self.sessions[id]
        if session["status"] == "open":
            session.update(status="expired", url=None)
            self.say("checkout.session.expired", session)

    def give_back(self, intent: str, amount: int) -> None:
        """Somebody does it in the dashboard."""
        self._pay_back({"payment_intent": intent, "amount": str(amount)})

    def end_refund(self, id: str, status: str) -> None:
        """The bank says what became of it: "failed", say."""
        self.refunds[id]["status"] = status
        self.say("refund.failed" if status == "failed" else "refund.updated", self.refunds[id])

    def dispute(self, id: str, status: str, due_by: datetime) -> None:
        """The buyer of a paid session asks her bank for all of it."""
        dispute = disputed(self.sessions[id], status, due_by, self._now())
        self.disputes[dispute["id"]] = dispute
        self.say("charge.dispute.created", dispute)

    def end_dispute(self, id: str, status: str) -> None:
        """The bank has decided: "lost", say."""
        self.disputes[id]["status"] = status
        self.say("charge.dispute.closed", self.disputes[id])

    def warn(self, id: str) -> None:
        """The bank of a paid session's card is suspicious."""
        self.say("radar.early_fraud_warning.created", warned(self.sessions[id], self._now()))

    def say(self, kind: str, thing: Json) -> Json:
        """An event about the thing as it stands now."""
        event: Json = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self._now(),
            "data": {"object": json.loads(json.dumps(thing))},
            "livemode": self.livemode,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        with self._lock:
            self.events.append(Event(event))
        return event

    def sealed(self, event: Json, secret: str = SECRET) -> tuple[bytes, str]:
        """As it is sent, now: body and signature."""
        body = json.dumps(event).encode()
        return body, wire.sign(body, secret, self._now())

    def post(self) -> list[tuple[bytes, str]]:
        """What was not delivered yet; it is from now on."""
        waiting = [event for event in self.events if not event.delivered]
        for event in waiting:
            event.delivered = True
        return [self.sealed(event.body) for event in waiting]

    def asked(self, method: str, path: str) -> list[Question]:
        return [q for q in self.questions if (q.method, q.path) == (method, path)]

    # How it works.

    def _complete(self, session: Json, buyer: Buyer, money: str, changes: Json) -> None:
        intent = f"pi_{secrets.token_hex(12)}"
        self._intents[intent] = money
        session.update(completed(buyer), payment_intent=intent, status="complete", url=None)
        session.update(changes)
        self.say("checkout.session.completed", session)

    def _open_one(self, id: str) -> Json | None:
        session = self._at_this_time(id)
        return session if session and session["status"] == "open" else None

    def is_processing(self, id: str) -> bool:
        """Whether it is completed, and its money on its way."""
        return self._intents.get(self.sessions[id]["payment_intent"]) == "processing"

    def _awaited(self, id: str) -> Json | None:
        return self.sessions[id] if self.is_processing(id) else None

    def _paid_by(self, intent: str) -> Json | None:
        if self._intents.get(intent) != "succeeded":
            return None
        return next(s for s in self.sessions.values() if s["payment_intent"] == intent)

    def _gone(self, intent: str) -> int:
        return sum(
            int(refund["amount"])
            for refund in self.refunds.values()
            if refund["payment_intent"] == intent and refund["status"] != "failed"
        )

    def _at_this_time(self, id: str) -> Json | None:
        session = self.sessions.get(id)
        if session and session["status"] == "open" and session["expires_at"] <= self._now():
            self.expire(id)
        return session

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def listing_from(fitting: list[Json], asked: Mapping[str, Any], url: str) -> Answer:
    """The page of them that was asked for."""
    if after := asked.get("starting_after"):
        ids = [thing["id"] for thing in fitting]
        fitting = fitting[ids.index(after) + 1 :]
    most = int(asked.get("limit", 10))
    return listing(fitting[:most], url, more=len(fitting) > most)


def listing(data: list[Json], url: str, *, more: bool) -> Answer:
    return Answer(200, {"object": "list", "data": data, "has_more": more, "url": url})


def fault(status: int, kind: str, message: str, param: str = "", code: str = "") -> Answer:
    error = {"type": kind, "message": message, "param": param, "code": code}
    return Answer(status, {"error": {name: value for name, value in error.items() if value}})


def no_such_session(id: str) -> Answer:
    return fault(404, "invalid_request_error", f"No such session: {id}", code="resource_missing")


@contextmanager
def stripe_stand_in(clock: Clock) -> Iterator[StripeStandIn]:
    """A running one; its `address` is where it answers."""
    stripe = StripeStandIn(clock)
    with serving(stripe) as stripe.address:
        yield stripe
