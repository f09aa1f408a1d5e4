"""The owner decides about an order in review."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from eterno.application.again import again
from eterno.application.orders.accept import accept
from eterno.application.orders.call_off import call_off
from eterno.application.orders.refund_order import LONGEST_REASON
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.errors import Conflict
from eterno.domain.fulfilment import FulfilmentPolicy, NotPossibleNow
from eterno.domain.orders import Order, OrderState
from eterno.domain.text import clean


class Decision(StrEnum):
    """What becomes of an order in review."""

    ACCEPT = "accept"
    """It is sold for what came; pieces that are gone are made for it."""
    REFUND = "refund"
    """It is cancelled, and the money goes back."""
    CLOSE = "close"
    """It is cancelled; its money, which the shop cannot count, was given back elsewhere."""


class ResolveReview:
    """Take an order out of review, one way or the other."""

    def __init__(self, store: Store, ids: Ids, policy: FulfilmentPolicy) -> None:
        self._store = store
        self._ids = ids
        self._policy = policy

    def __call__(self, actor: Actor, order_id: UUID, decision: Decision, reason: str = "") -> Order:
        """The order afterwards.

        Raises `NotFound`, `Invalid`, `NotPossibleNow` for an order that is not in review,
        `NotCounted` for refunding one whose money must be given back elsewhere, and `Conflict` for
        closing any other, or for accepting one that its ledger has no money for.
        """
        words = clean(reason, "reason", most=LONGEST_REASON, least=0)
        return again(lambda: self._resolve(actor, order_id, decision, words))

    def _resolve(self, actor: Actor, order_id: UUID, decision: Decision, words: str) -> Order:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            if order.state is not OrderState.REVIEW:
                raise NotPossibleNow(order, "decided about")
            if decision is Decision.REFUND:
                return call_off(work, self._ids, order, actor, words)
            if decision is Decision.CLOSE:
                if not order.has_uncounted_money:
                    raise Conflict("The shop can give this money back itself: refund it")
                return call_off(work, self._ids, order, actor, words, is_settled=True)
            return accept(work, self._ids, order, actor, words, self._policy)
