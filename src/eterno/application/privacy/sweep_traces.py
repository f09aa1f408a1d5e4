"""What the shop need not know any longer, it forgets by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from eterno.application.again import again
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids

AT_ONCE = 500
"""Rows of one kind that one transaction touches."""
TRIES_AT_ONCE = 10_000
"""Of tries more: somebody who guesses can have many counted a second, and nobody waits for them."""
TRIES_KEPT = timedelta(days=2)
"""No limit looks back further than a day; see `Throttle.take`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long each kind of trace is kept."""

    messages: timedelta = timedelta(days=365)
    """What visitors wrote."""
    attempts: timedelta = timedelta(days=90)
    """Who began to buy and did not pay, and from which network address anybody bought."""
    notices: timedelta = timedelta(days=180)
    """That the payment service told something. Longer than it repeats anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How much was forgotten, by kind."""

    messages: int
    attempts: int
    notices: int
    tries: int

    @property
    def total(self) -> int:
        return self.messages + self.attempts + self.notices + self.tries


class SweepTraces:
    """Forget what is older than the policy says, a bounded part of each kind at a time.

    Each kind is a transaction of its own. Several workers at once do no harm.
    """

    def __init__(self, store: Store, ids: Ids, policy: RetentionPolicy) -> None:
        self._store = store
        self._ids = ids
        self._policy = policy

    def __call__(self) -> Forgotten:
        """What was forgotten; nothing when all is done."""
        policy = self._policy
        return Forgotten(
            messages=self._forget(
                lambda work: work.traces.forget_old_messages(
                    work.now - policy.messages, most=AT_ONCE
                )
            ),
            attempts=self._forget(
                lambda work: work.traces.forget_old_attempts(
                    work.now - policy.attempts, self._ids.token(), most=AT_ONCE
                )
            ),
            notices=self._forget(
                lambda work: work.traces.forget_old_notices(work.now - policy.notices, most=AT_ONCE)
            ),
            tries=self._forget(
                lambda work: work.traces.forget_old_tries(work.now - TRIES_KEPT, most=TRIES_AT_ONCE)
            ),
        )

    def _forget(self, step: Callable[[Work], int]) -> int:
        def forget() -> int:
            with self._store.begin() as work:
                return step(work)

        return again(forget)
