"""Whole histories of a small shop, drawn at random and written into any store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from eterno.application.ports.store import Store
from eterno.domain.catalog import Variant
from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.history import (
    EventKind,
    OrderEvent,
    facts_of_dispute,
    facts_of_placing,
    facts_of_refund,
    facts_of_review,
    facts_of_sale,
)
from eterno.domain.inventory import Movement, Reason, Shortage
from eterno.domain.money import Money
from eterno.domain.orders import Buyer, Order, ReviewReason
from eterno.domain.payments import Amounts, Payment
from eterno.domain.refunds import Refund, RefundLine, RefundState
from tests.builders import USD, add_product, order_of, put_on_sale

DENVER = ZoneInfo("America/Denver")
BEGIN = datetime(2026, 2, 26, 6, 30, tzinfo=UTC)
"""Late in the evening of the 25th in Denver; the 8th of March has 23 hours there."""
DAYS = 14
BUYERS = (None, "ada@example.org", " ADA@example.org", "luz@example.org", "rosa@example.org")


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that was written at a moment."""

    at: datetime
    write: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class History:
    orders: tuple[Order, ...]
    happenings: tuple[Happening, ...]

    def write(self, store: Store, *, until: datetime | None = None) -> None:
        """All of it, or only what was written until then."""
        with store.begin() as work:
            for order in self.orders:
                work.orders.add(order)
            for happening in self.happenings:
                if until is None or happening.at <= until:
                    happening.write(work)


def shelves(store: Store) -> list[Variant]:
    """Two soaps, one in two sizes; nothing on the shelves."""
    oat, mint = add_product(store), add_product(store, "Front Range Mint")
    return [
        put_on_sale(store, oat, price="8.99", pieces=0),
        put_on_sale(store, oat, size="500 g", price="31.01", pieces=0),
        put_on_sale(store, mint, price="7.77", pieces=0),
    ]


def draw(random: Random, variants: list[Variant], most: int = 12) -> History:
    """A history of some orders, deliveries and refusals."""
    lives = [_Life(random, variants, n) for n in range(random.randint(1, most))]
    happenings = [happening for life in lives for happening in life.happenings]
    for _ in range(random.randint(0, 6)):
        happenings.append(_movement(random, variants))
        happenings.append(_refusal(random, variants))
    # Works that run at once commit in any order, but those about one order one after the other.
    happenings.sort(key=lambda happening: happening.at + timedelta(seconds=random.random()))
    return History(tuple(life.order for life in lives), tuple(happenings))


class _Life:
    """One order, from its placing on."""

    def __init__(self, random: Random, variants: list[Variant], n: int) -> None:
        self._random = random
        self._at = _moment(random)
        self.happenings: list[Happening] = []
        wanted = random.sample(variants, random.randint(1, len(variants)))
        lines = sorted(((v, random.randint(1, 9)) for v in wanted), key=lambda pair: pair[0].id)
        email = random.choice(BUYERS)
        self.order = replace(
            order_of(*lines, at=self._at),
            id=UUID(int=n + 1),
            token=f"token-{n}",
            client=random.choice(["203.0.113.7", "203.0.113.8"]),
            basket=random.choice(["this", "that"]),
            buyer=Buyer(email=email) if email else None,
        )
        self._paid = self.order
        self._back = 0
        self._tell(
            EventKind.PLACED,
            facts_of_placing(self.order),
            actor="rosa" if random.random() < 0.2 else None,
            later=timedelta(0),
        )
        random.choice(
            [self._nothing, self._give_up, self._pay, self._pay, self._pay, self._doubt]
        )()

    def _nothing(self) -> None:
        if self._random.random() < 0.5:
            self._tell(EventKind.PENDING)

    def _give_up(self) -> None:
        if self._random.random() < 0.3:
            self._tell(EventKind.FAILED)
        else:
            facts = self._random.choice([{}, {"opened": True}, {"opened": False}])
            self._tell(EventKind.EXPIRED, facts)
            if facts.get("opened", True) and self._random.random() < 0.3:
                self._pay()

    def _pay(self) -> None:
        self._take_payment()
        self._sell()

    def _doubt(self) -> None:
        """Paid, but not as it should be."""
        self._take_payment()
        doubted = replace(
            self._paid, review=ReviewReason.AMOUNT_MISMATCH, captured=self._paid.total
        )
        self._tell(EventKind.REVIEW, facts_of_review(doubted), later=timedelta(0))
        if self._random.random() < 0.3:
            self._give_back()
        if self._random.random() < 0.3:
            self._dispute()
        fate = self._random.random()
        if fate < 0.5:
            self._at += self._while()
            self._sell()
        elif fate < 0.8:
            self._tell(EventKind.CANCELLED)
            self._give_back()

    def _take_payment(self) -> None:
        self._at += self._while()
        order, late = self.order, self._random.choice([0, 0, 0, 0.01, 30, 75])
        off, shipping, tax = self._random.choice([(0, 0, 0), (100, 450, 0), (333, 1200, 61)])
        amounts = Amounts(
            subtotal=order.subtotal,
            discount=Money(min(off, order.subtotal.minor), USD),
            shipping=Money(shipping, USD),
            tax=Money(tax, USD),
            total=order.subtotal
            - Money(min(off, order.subtotal.minor), USD)
            + Money(shipping + tax, USD),
        )
        payment = Payment(
            session_id=f"cs_{order.token}",
            intent_id=f"pi_{order.token}",
            amounts=amounts,
            at=self._at - timedelta(hours=late),
        )
        promise = self._random.choice([None, self._at + timedelta(days=self._random.randint(0, 9))])
        self._paid = replace(
            order.pay(payment, number=1001 + order.id.int, promised_by=promise),
        )

    def _sell(self) -> None:
        channel = self._random.choice(["web", "web", "counter"])
        self._tell(EventKind.PAID, facts_of_sale(self._paid, channel=channel), later=timedelta(0))
        for line in self._paid.lines:
            movement = Movement(
                variant_id=line.variant_id,
                change=-line.quantity,
                reason=Reason.SALE,
                order_id=self.order.id,
                at=self._at,
            )
            self._move(movement)
        for deed in self._random.sample([self._send, self._give_back, self._dispute], 3):
            if self._random.random() < 0.5:
                deed()
        if self._random.random() < 0.15:
            self._give_back()

    def _move(self, movement: Movement) -> None:
        self._note(lambda work: work.shelves.record([movement]))

    def _send(self) -> None:
        if self._random.random() < 0.2:
            self._tell(EventKind.CANCELLED)
            return
        if self._random.random() < 0.7:
            self._tell(EventKind.SHIPPED)
        if self._random.random() < 0.5:
            self._tell(EventKind.DELIVERED)

    def _give_back(self) -> None:
        order, random = self._paid, self._random
        left = order.total.minor - self._back
        if left < 3:
            return
        amount = random.randint(1, left)
        shipping, tax = random.choice([(0, 0), (amount // 3, amount // 4)])
        goods = amount - shipping - tax
        line = random.choice(order.lines)
        lines = random.choice(
            [(), (RefundLine(variant_id=line.variant_id, quantity=1, amount=Money(goods, USD)),)]
        )
        refund = Refund(
            id=UUID(int=random.getrandbits(120)),
            order_id=order.id,
            amount=Money(amount, USD),
            shipping=Money(shipping, USD),
            tax=Money(tax, USD),
            lines=lines,
            requested_at=self._at,
        )
        self._tell(EventKind.REFUND_REQUESTED, facts_of_refund(refund))
        if random.random() < 0.2:
            failed = refund.hear(RefundState.FAILED, self._at)
            self._tell(EventKind.REFUND_FAILED, facts_of_refund(failed))
            return
        self._at += self._while()
        done = refund.hear(RefundState.SUCCEEDED, self._at - timedelta(hours=random.choice([0, 9])))
        self._tell(EventKind.REFUND_SUCCEEDED, facts_of_refund(done), later=timedelta(0))
        if random.random() < 0.3:
            failed = done.hear(RefundState.FAILED, self._at)
            self._tell(EventKind.REFUND_FAILED, facts_of_refund(failed))
        else:
            self._back += amount

    def _dispute(self) -> None:
        name = f"dp_{self._random.randint(1, 2)}"
        states = [DisputeState.NEEDS_RESPONSE, DisputeState.UNDER_REVIEW]
        end = self._random.choice([DisputeState.WON, DisputeState.LOST, DisputeState.LOST])
        for state in (*states[: self._random.randint(0, 2)], end):
            dispute = Dispute(
                id=name, state=state, amount=self._paid.total, reason="fraudulent", due_by=None
            )
            self._tell(EventKind.DISPUTE, facts_of_dispute(dispute))

    def _tell(
        self,
        kind: EventKind,
        facts: Any = None,
        *,
        actor: str | None = None,
        later: timedelta | None = None,
    ) -> None:
        self._at += self._while() if later is None else later
        event = OrderEvent(
            order_id=self.order.id, at=self._at, kind=kind, actor=actor, facts=facts or {}
        )
        self._note(lambda work: work.history.record(event))

    def _note(self, write: Callable[[Any], None]) -> None:
        last = self.happenings[-1].at if self.happenings else self._at
        self.happenings.append(Happening(max(last, self._at), write))

    def _while(self) -> timedelta:
        """Some time: none, minutes, or days."""
        hours = self._random.choice([0, 0.001, 0.3, 0.6, 5, 24, 80])
        return timedelta(hours=hours)


def _moment(random: Random) -> datetime:
    return BEGIN + timedelta(minutes=random.randint(0, DAYS * 24 * 60))


def _movement(random: Random, variants: list[Variant]) -> Happening:
    movement = Movement(
        variant_id=random.choice(variants).id,
        change=random.choice([-2, 1, 5, 40]),
        reason=Reason.COUNT,
        at=_moment(random),
    )
    return Happening(movement.at, lambda work: work.shelves.record([movement]))


def _refusal(random: Random, variants: list[Variant]) -> Happening:
    lack = Shortage(random.choice(variants).id, random.randint(3, 9), random.randint(0, 2))
    cart, at = random.choice(["this", "that"]), _moment(random)
    return Happening(at, lambda work: work.demand.refuse([lack], cart=cart, at=at))
