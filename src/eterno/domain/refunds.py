"""Refunds: money that goes back, and what it was for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, pairwise
from uuid import UUID

from eterno.domain.disputes import Dispute
from eterno.domain.errors import Conflict, Invalid
from eterno.domain.money import Money
from eterno.domain.orders import SOLD, Order


class RefundState(StrEnum):
    """The life of a refund. It goes only downward: banks send money back that had arrived."""

    PENDING = "pending"
    """Asked for; counted as if it were gone already."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


_ASKED = (
    "The buyer has asked her bank for this money, and giving it back as well would pay her twice:"
    " answer the dispute instead"
)
_LOST = "The buyer's bank has given her this money, and giving it back as well would pay her twice"
_RANK = {RefundState.PENDING: 0, RefundState.SUCCEEDED: 1, RefundState.FAILED: 2}


class RefundTooLarge(Conflict):
    """More than what is left of the captured money, refunds on their way counted."""

    code = "refund_too_large"

    def __init__(self, left: Money) -> None:
        super().__init__(f"Only {left} of this order can still be refunded")
        self.left = left

    @property
    def facts(self) -> Mapping[str, object]:
        return {"left": float(self.left.amount)}


class Disputed(Conflict):
    """The buyer has asked her bank for the money: a refund would pay her twice."""

    code = "disputed"

    def __init__(self, dispute: Dispute) -> None:
        asked = dispute.is_open and not dispute.refundable
        super().__init__(_ASKED if asked else _LOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundLine:
    """Pieces that were given back or not sent, and what of the goods' price goes back for them."""

    variant_id: int
    quantity: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """What the owner wants to give back.

    An `amount`; or `pieces` (by variant) at what they cost, and `shipping` with them; or neither:
    then everything that is left. With both, the amount counts and the pieces say what it is for.
    """

    amount: Money | None = None
    pieces: Mapping[int, int] = field(default_factory=dict)
    shipping: Money | None = None
    restock: bool = False
    """Whether the pieces go back on the shelf once the money has gone back."""
    reason: str = ""

    @property
    def is_for_everything(self) -> bool:
        return self.amount is None and not self.pieces and self.shipping is None

    @property
    def fingerprint(self) -> str:
        """The same for the same wish, whatever the reason given for it."""
        wish = (self.amount, sorted(self.pieces.items()), self.shipping, self.restock)
        return hashlib.sha256(repr(wish).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money going back for one order. Of its `amount`, `shipping` and `tax` are those parts."""

    id: UUID
    order_id: UUID
    state: RefundState = RefundState.PENDING
    amount: Money
    shipping: Money
    tax: Money
    lines: tuple[RefundLine, ...] = ()
    restock: bool = False
    reason: str = ""
    key: str | None = None
    """The client's idempotency key; `wish` is the fingerprint of what it came with."""
    wish: str = ""
    provider_id: str | None = None
    """The payment service's own name for it, once it has one."""
    requested_at: datetime
    requested_by: str | None = None
    """The admin; nobody for one that was made at the payment service."""
    done_at: datetime | None = None
    """When it succeeded, by the payment service's account; fixed for ever."""

    @property
    def goods(self) -> Money:
        return self.amount - self.shipping - self.tax

    @property
    def counts(self) -> bool:
        """Whether its money is gone or going."""
        return self.state is not RefundState.FAILED

    @property
    def is_given_up(self) -> bool:
        """Whether only we say that it failed. The payment service may still know better."""
        return self.state is RefundState.FAILED and self.provider_id is None

    @property
    def pieces(self) -> Mapping[int, int]:
        return {line.variant_id: line.quantity for line in self.lines}

    def hear(self, state: RefundState, at: datetime, provider_id: str | None = None) -> Refund:
        """As the payment service says that it stands. Reports may come twice and in any order: what
        it was before it is not again. What we gave up has not failed if the service knows it."""
        known = replace(self, provider_id=self.provider_id or provider_id)
        if self.is_given_up and provider_id is not None:
            known = replace(known, state=RefundState.PENDING)
        if _RANK[state] <= _RANK[known.state]:
            return known
        done_at = at if state is RefundState.SUCCEEDED else self.done_at
        return replace(known, state=state, done_at=done_at)


def left_of(order: Order, refunds: Iterable[Refund]) -> Money:
    """What can still be given back."""
    return order.captured - _sum(order, (refund.amount for refund in refunds if refund.counts))


def unrefunded(order: Order, refunds: Sequence[Refund]) -> Mapping[int, int]:
    """The pieces, by variant, for which no money was given back."""
    return _less(order.quantities, (refund.pieces for refund in refunds if refund.counts))


def returnable(order: Order, refunds: Sequence[Refund]) -> Mapping[int, int]:
    """The pieces, by variant, that did not come back on the shelf and are not about to."""
    back = (r.pieces for r in refunds if r.restock and (r.counts or r.done_at is not None))
    return _less(order.quantities, back)


def wanted(
    order: Order,
    refunds: Sequence[Refund],
    wish: RefundWish,
    *,
    id: UUID,
    at: datetime,
    by: str | None,
    key: str | None = None,
) -> Refund:
    """The refund that fulfils the wish, after those that there are.

    Raises `Invalid`, `RefundTooLarge` or `Disputed`.
    """
    if order.dispute is not None and order.dispute.claims_money:
        raise Disputed(order.dispute)
    left = left_of(order, refunds)
    pieces = _pieces(order, refunds, wish)
    amount, parts = _amount(order, refunds, wish, pieces, left)
    if left < amount or left.minor == 0:
        raise RefundTooLarge(left)
    shipping, tax = parts or allocated(order, refunds, amount, wish.shipping)
    return Refund(
        id=id,
        order_id=order.id,
        amount=amount,
        shipping=shipping,
        tax=tax,
        lines=_lines(order, pieces, amount - shipping - tax),
        restock=wish.restock,
        reason=wish.reason,
        key=key,
        wish=wish.fingerprint,
        requested_at=at,
        requested_by=by,
    )


def allocated(
    order: Order, refunds: Sequence[Refund], amount: Money, shipping: Money | None = None
) -> tuple[Money, Money]:
    """How much of `amount` is delivery and how much tax: goods first, then delivery, then tax,
    unless the delivery is given. What fits nowhere counts as goods."""
    nothing = Money.zero(order.currency)
    gone = [refund for refund in refunds if refund.counts]

    def room(total: Money, given: Iterable[Money]) -> Money:
        return max(nothing, total - _sum(order, given))

    rest = amount - (shipping or nothing)
    goods = min(rest, room(order.subtotal - order.discount, (refund.goods for refund in gone)))
    rest = rest - goods
    if shipping is None:
        shipping = min(rest, room(order.shipping, (refund.shipping for refund in gone)))
        rest = rest - shipping
    return shipping, min(rest, room(order.tax, (refund.tax for refund in gone)))


def _pieces(order: Order, refunds: Sequence[Refund], wish: RefundWish) -> Mapping[int, int]:
    open_pieces = unrefunded(order, refunds)
    pieces = open_pieces if wish.is_for_everything else wish.pieces
    for variant_id, quantity in pieces.items():
        if not 1 <= quantity <= open_pieces.get(variant_id, 0):
            raise Invalid.field(
                "lines", f"variant {variant_id}: {open_pieces.get(variant_id, 0)} left to refund"
            )
    if wish.restock:
        if order.state not in SOLD:
            raise Invalid.field("restock", f"the pieces of an order that is {order.state} are here")
        here = returnable(order, refunds)
        if not pieces or any(quantity > here.get(id, 0) for id, quantity in pieces.items()):
            raise Invalid.field("restock", "say which pieces, of those that did not come back yet")
    return pieces


def _amount(
    order: Order,
    refunds: Sequence[Refund],
    wish: RefundWish,
    pieces: Mapping[int, int],
    left: Money,
) -> tuple[Money, tuple[Money, Money] | None]:
    """The amount and, where the wish itself says it, what of it is (delivery, tax)."""
    nothing = Money.zero(order.currency)
    shipping = wish.shipping or nothing
    given = wish.amount if wish.amount is not None else nothing
    for name, money in (("amount", given), ("shipping", shipping)):
        if money.currency != order.currency or money < nothing:
            raise Invalid.field(name, f"an amount of {order.currency}")
    if order.shipping < _sum(order, (r.shipping for r in refunds if r.counts)) + shipping:
        raise Invalid.field("shipping", "more than what was paid for delivery")
    if wish.is_for_everything:
        return left, None
    if wish.amount is not None:
        if wish.amount.minor == 0 or wish.amount < shipping:
            raise Invalid.field("amount", "more than nothing, and not less than the delivery in it")
        return wish.amount, None
    goods = _share(order, refunds, pieces, order.subtotal - order.discount)
    tax = _share(order, refunds, pieces, order.tax)
    amount = goods + tax + shipping
    if amount.minor == 0:
        raise Invalid.field("lines", "they cost nothing")
    return amount, (shipping, tax)


def _share(
    order: Order, refunds: Sequence[Refund], pieces: Mapping[int, int], whole: Money
) -> Money:
    """What of `whole` falls to these pieces. All pieces together get all of it, to the cent, in
    however many steps."""
    still = unrefunded(order, refunds)
    shares = split(max(0, whole.minor), [line.total.minor for line in order.lines])
    share = 0
    for line, part in zip(order.lines, shares, strict=True):
        after = line.quantity - still.get(line.variant_id, 0)
        share += part * (after + pieces.get(line.variant_id, 0)) // line.quantity
        share -= part * after // line.quantity
    return Money(share, order.currency)


def _lines(order: Order, pieces: Mapping[int, int], goods: Money) -> tuple[RefundLine, ...]:
    """The goods' part of a refund, over its pieces by what they cost."""
    prices = {line.variant_id: line.unit_price.minor for line in order.lines}
    weights = [prices[id] * quantity for id, quantity in pieces.items()]
    return tuple(
        RefundLine(variant_id=id, quantity=quantity, amount=Money(part, order.currency))
        for (id, quantity), part in zip(pieces.items(), split(goods.minor, weights), strict=True)
    )


def split(total: int, weights: Sequence[int]) -> Sequence[int]:
    """`total` in parts that go by their weights and add up to it exactly. Weights are above 0."""
    reached = [0, *accumulate(weights)]
    whole = reached[-1]
    return [total * after // whole - total * before // whole for before, after in pairwise(reached)]


def _less(whole: Mapping[int, int], parts: Iterable[Mapping[int, int]]) -> Mapping[int, int]:
    left = dict(whole)
    for part in parts:
        for id, quantity in part.items():
            left[id] -= quantity
    return {id: quantity for id, quantity in left.items() if quantity > 0}


def _sum(order: Order, amounts: Iterable[Money]) -> Money:
    return sum(amounts, Money.zero(order.currency))
