"""Forgetting a buyer: what may go, what must stay, and when it is too early."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from eterno.domain.errors import Conflict
from eterno.domain.orders import HOLDING, Order, OrderState
from eterno.domain.refunds import Refund, RefundState

ERASED = "erased:"
"""What stands for a forgotten client begins with this, which no network address does."""
DIGITS = 16
"""Hexadecimal ones that follow."""
_UNFINISHED: Mapping[OrderState, str] = {
    **dict.fromkeys(HOLDING, "it waits for its payment"),
    OrderState.REVIEW: "it waits for a decision",
    OrderState.PAID: "it was not sent",
    OrderState.IN_PRODUCTION: "it was not sent",
    OrderState.SHIPPED: "it was not delivered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """An order that still needs its buyer, and why."""

    order: str
    """Its number, or its token while it has none."""
    why: str


class StillNeeded(Conflict):
    """Something is still to be done for this buyer, for which the shop must know her."""

    code = "still_needed"

    def __init__(self, unfinished: Sequence[Unfinished]) -> None:
        told = "; ".join(f"order {one.order}: {one.why}" for one in unfinished)
        super().__init__(f"This buyer cannot be forgotten yet: {told}")
        self.unfinished = unfinished

    @property
    def facts(self) -> Mapping[str, object]:
        return {"orders": [{"order": one.order, "why": one.why} for one in self.unfinished]}


def stand_in(client: str, salt: str) -> str:
    """What stands for a network address that nobody may know any more. The same address has the
    same one under the same salt, so attempts of one client remain those of one; once the salt is
    thrown away nothing leads back."""
    digest = hashlib.sha256(f"{salt}{client}".encode()).hexdigest()
    return f"{ERASED}{digest[:DIGITS]}"


def folded(email: str) -> str:
    """As addresses are compared: without regard to upper and lower case, or blanks around them."""
    return email.strip().lower()


def unfinished(order: Order, refunds: Iterable[Refund]) -> Unfinished | None:
    """Why this order still needs its buyer, or None when it is over: delivered, cancelled or never
    paid, without a refund on its way or an open dispute."""
    why = _UNFINISHED.get(order.state)
    if why is None and any(refund.state is RefundState.PENDING for refund in refunds):
        why = "a refund is on its way"
    if why is None and order.dispute is not None and order.dispute.is_open:
        why = "its dispute is open"
    return Unfinished(order=str(order.number or order.token), why=why) if why else None


def nameless(order: Order, salt: str) -> Order:
    """The order as it was, of nobody: what names the buyer, or leads to her, is gone. Goods, money
    and dates stay. For the salt see `stand_in`."""
    client = order.client if order.client.startswith(ERASED) else stand_in(order.client, salt)
    by_hand = order.number is not None and order.session_id is None
    return replace(
        order,
        buyer=None,
        client=client,
        basket=ERASED if by_hand else order.basket,  # there, the fingerprint is of her address too
        key=None,
        session_url=None,
    )
