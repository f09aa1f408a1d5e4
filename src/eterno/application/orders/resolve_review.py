"""The owner decides about an order in review."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.inventory import stock
from eterno.application.orders.call_off import call_off
from eterno.application.orders.refund_order import LONGEST_REASON
from eterno.application.orders.tell import name_of, tell
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.events import OrderTaken
from eterno.domain.fulfilment import FulfilmentPolicy, NotPossibleNow
from eterno.domain.history import EventKind, facts_of_sale
from eterno.domain.orders import Order, OrderState
from eterno.domain.text import clean


class Decision(StrEnum):
    """What becomes of an order in review."""

    ACCEPT = "accept"
    """It is sold for what came; pieces that are gone are made for it."""
    REFUND = "refund"
    """It is cancelled, and the money goes back."""


class ResolveReview:
    """Take an order out of review, one way or the other."""

    def __init__(self, store: Store, ids: Ids, policy: FulfilmentPolicy) -> None:
        self._store = store
        self._ids = ids
        self._policy = policy

    def __call__(self, actor: Actor, order_id: UUID, decision: Decision, reason: str = "") -> Order:
        """The order afterwards.

        Raises `NotFound`, `Invalid`, `NotPossibleNow` for an order that is not in review, and
        `Conflict` for accepting one that its ledger has no money for.
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
            return self._accept(work, actor, order, words)

    def _accept(self, work: Work, actor: Actor, order: Order, words: str) -> Order:
        accepted = order.accept(
            number=work.orders.next_number(), promised_by=self._policy.promise(work.now)
        )
        work.orders.save(accepted)
        facts = {**facts_of_sale(accepted), "accepted": order.review}
        tell(work, order, EventKind.PAID, facts, actor=actor, words=words)
        audit.record(work, actor, "accept order", name_of(order), before=order, after=accepted)
        announce(work, self._ids, OrderTaken(order_id=order.id))
        stock.make_and_sell(work, accepted, actor=actor.username)
        return accepted
