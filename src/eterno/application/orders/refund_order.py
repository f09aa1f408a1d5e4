"""The owner gives money back."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.idempotency import KeyReused, check_key
from eterno.application.orders.refunding import open_refund
from eterno.application.orders.tell import name_of
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.orders import Order
from eterno.domain.refunds import Refund, RefundWish, wanted
from eterno.domain.text import clean

LONGEST_REASON = 500


class RefundOrder:
    """Ask for a refund: all that is left, an amount, or what pieces cost.

    Never more than was captured, with those on their way counted, however many are asked for at
    once: the order is held meanwhile. The payment service is asked by the outbox; the money is gone
    when it says so, and only then do pieces go back on the shelf. The same key with the same wish
    is the same refund.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(
        self, actor: Actor, order_id: UUID, wish: RefundWish, *, key: str | None = None
    ) -> Refund:
        """The refund, asked for.

        Raises `NotFound`, `Invalid`, `RefundTooLarge`, `Disputed`, or `KeyReused` for a key that
        came with another wish.
        """
        check_key(key)
        reason = clean(wish.reason, "reason", most=LONGEST_REASON, least=0)
        return again(lambda: self._refund(actor, order_id, replace(wish, reason=reason), key))

    def _refund(self, actor: Actor, order_id: UUID, wish: RefundWish, key: str | None) -> Refund:
        with self._store.begin() as work:
            order = work.orders.hold(order_id)
            refunds = work.refunds.of(order_id)
            for earlier in refunds:
                if key is not None and earlier.key == key:
                    return _same(earlier, wish)
            refund = wanted(
                order,
                refunds,
                wish,
                id=self._ids.new(),
                at=work.now,
                by=actor.username,
                key=key,
            )
            note_refund(work, actor, order, refund)
            return open_refund(work, self._ids, order, refund, actor=actor)


def note_refund(work: Work, actor: Actor, order: Order, refund: Refund) -> None:
    """Into the audit trail, without what was written as the reason."""
    after = {"refund": refund.id, "amount": refund.amount, "restock": refund.restock}
    audit.record(work, actor, "refund order", name_of(order), after=after)


def _same(earlier: Refund, wish: RefundWish) -> Refund:
    if earlier.wish != wish.fingerprint:
        raise KeyReused("This Idempotency-Key was used for another refund")
    return earlier
