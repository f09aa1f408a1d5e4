"""The ports, with a point at which an operation can be stopped after everything that they do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote, urlsplit

from stripe import APIConnectionError, HTTPClient

from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable, Written
from eterno.application.ports.store import CollidedWork, Store, StoreUnavailable, Work
from tests.machine.operations import Fate, Operation, Point, operation_here, stop_at
from tests.support.stripe_http import Question, Silence, unfolded
from tests.support.stripe_stand_in import StripeStandIn, Trouble


class StoppingStore:
    """Implements `Store`. Works can be stopped in before their commit only `within` a store that
    lets other works go on meanwhile."""

    def __init__(self, store: Store, happened: Counter[str], *, within: bool) -> None:
        self._store = store
        self._within = within
        self._happened = happened
        self.commits = 0

    @contextmanager
    def begin(self) -> Iterator[Work]:
        with self._store.begin() as work:
            yield work
            if self._within and stop_at(Point.COMMIT) is Fate.FAIL:
                self._happened["commit collided"] += 1
                raise CollidedWork
        self.commits += 1
        if stop_at(Point.COMMITTED) is Fate.FAIL:
            self._happened["answer of a commit lost"] += 1
            raise StoreUnavailable


class StripeWithin(HTTPClient):
    """Carries what Stripe's SDK asks to a Stripe in this process, which has its moods."""

    name = "within"

    def __init__(self, stripe: StripeStandIn, happened: Counter[str]) -> None:
        super().__init__()
        self._stripe = stripe
        self._happened = happened
        self.moods: list[Trouble | None] = []
        """What will be the matter with it when it is asked next, and after that, and …"""

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        address, given = urlsplit(url), headers or {}
        question = Question(
            method=method.upper(),
            path=unquote(address.path),
            fields=unfolded(post_data if method == "post" and post_data else address.query),
            key=given.get("Authorization", "").removeprefix("Bearer "),
            idempotency_key=given.get("Idempotency-Key", ""),
            version=given.get("Stripe-Version", ""),
        )
        mood = self.moods.pop(0) if self.moods else None
        if mood:
            self._happened[f"Stripe: {mood.name.lower().replace('_', ' ')}"] += 1
        self._stripe.trouble = mood
        try:
            answer = self._stripe(question)
        except Silence:
            raise APIConnectionError("silence") from None  # type: ignore[no-untyped-call]
        finally:
            self._stripe.trouble = None
            stop_at(Point.ASKED)
        return json.dumps(answer.body), answer.status, answer.headers

    def close(self) -> None:
        """Nothing is open."""


class PlainLetters:
    """Implements `Stationery`: a letter is its name, and what it is about."""

    def write(self, name: str, facts: Mapping[str, Any]) -> Written:
        order, news = facts.get("order"), facts.get("news", {})
        about = order.number if order and order.number else news.get("session_id", "")
        return Written(subject=f"{name} {about}", text="", html="")


class MailTrouble(Enum):
    """What is the matter with the mail service."""

    SILENT_BEFORE = auto()
    SILENT_AFTER = auto()
    """It takes the letter, and nobody hears of it."""
    REFUSING = auto()


class StoppingMailer:
    """Implements `Mailer`. Remembers who tried to send what."""

    def __init__(self, happened: Counter[str]) -> None:
        self._happened = happened
        self.moods: list[MailTrouble] = []
        self.sent: list[Letter] = []
        self.tries: list[tuple[Letter, Operation | None]] = []

    def send(self, letter: Letter) -> None:
        self.tries.append((letter, operation_here()))
        mood = self.moods.pop(0) if self.moods else None
        if mood:
            self._happened[f"mail: {mood.name.lower().replace('_', ' ')}"] += 1
        if mood in (None, MailTrouble.SILENT_AFTER):
            self.sent.append(letter)
        stop_at(Point.ASKED)
        if mood is MailTrouble.REFUSING:
            raise LetterRefused("not this one")
        if mood:
            raise MailUnavailable("silence")

    def is_held_by(self, operation: Operation) -> bool:
        """Whether this operation has ever had a letter in its hands."""
        return any(by is operation for _, by in self.tries)
