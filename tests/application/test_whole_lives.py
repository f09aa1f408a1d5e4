"""Whatever buyers, owner, payment service and time do, and in whatever order: the books balance."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eterno.adapters.memory.payments import Trouble, amounts_of
from eterno.adapters.memory.tables import BrokenRule
from eterno.application.orders.resolve_review import Decision
from eterno.application.orders.ship_order import Shipment
from eterno.application.ports.payments import PaymentNotice, RefundRefused
from eterno.domain.disputes import DisputeState
from eterno.domain.errors import Refusal
from eterno.domain.money import Money
from eterno.domain.orders import Order
from eterno.domain.refunds import RefundState, RefundWish
from tests.application.shop import Shop
from tests.builders import USD, add_admin, put_on_sale
from tests.support.audit import faults

PIECES = st.dictionaries(st.sampled_from([1, 2]), st.integers(1, 3), min_size=1)
WHICH = st.integers(0, 9)


class Lives(RuleBasedStateMachine):
    """A shop of two soaps, a few pieces each. Notices lie in the post until they are delivered, in
    any order and more than once."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.soaps = [
            put_on_sale(self.shop.store, pieces=4, price="8.99"),
            put_on_sale(self.shop.store, pieces=3, price="5.00"),
        ]
        self.rosa = add_admin(self.shop.store)

    # Buyers, and the payment service

    @initialize()
    def somebody_has_bought(self) -> None:
        """Whatever begins with nothing can still happen to the next order."""
        self.check_out({1: 2, 2: 1})
        self.pay(0, False)
        self.post([0])

    @rule(pieces=PIECES)
    def check_out(self, pieces: dict[int, int]) -> None:
        wanted = [(self.soaps[id - 1], quantity) for id, quantity in pieces.items()]
        self.attempt(lambda: self.shop.checkout(*wanted))

    @rule(which=WHICH, odd=st.booleans())
    def pay(self, which: int, odd: bool) -> None:
        def pay(order: Order) -> object:
            amounts = amounts_of(order, shipping=450, tax=33)
            if odd:
                amounts = replace(amounts, total=Money(500, USD))
            return self.shop.payments.pay(self.session(order), amounts=amounts)

        self.bank(which, pay)

    @rule(which=WHICH)
    def pay_later(self, which: int) -> None:
        self.bank(which, lambda order: self.shop.payments.complete_later(self.session(order)))

    @rule(which=WHICH)
    def money_fails(self, which: int) -> None:
        self.bank(which, lambda order: self.shop.payments.fail(self.session(order)))

    @rule(which=WHICH, cents=st.integers(1, 3000))
    def refund_elsewhere(self, which: int, cents: int) -> None:
        money = Money(cents, USD)
        self.bank(
            which, lambda order: self.shop.payments.refund_elsewhere(self.session(order), money)
        )

    @rule(which=WHICH, state=st.sampled_from(RefundState))
    def end_refund(self, which: int, state: RefundState) -> None:
        known = [r.provider_id for r in self.shop.store.tables.refunds.values() if r.provider_id]
        if known:
            name = known[which % len(known)]
            with suppress(BrokenRule):
                self.shop.payments.end_refund(name, state)

    @rule(which=WHICH, state=st.sampled_from(DisputeState))
    def dispute(self, which: int, state: DisputeState) -> None:
        self.bank(which, lambda order: self.shop.payments.dispute(self.session(order), state))

    @rule(places=st.lists(st.integers(0, 30), min_size=1, max_size=4))
    def post(self, places: list[int]) -> None:
        notices: list[PaymentNotice] = self.shop.payments.notices
        for place in places:
            if notices:
                self.attempt(partial(self.shop.hear, notices[place % len(notices)]))

    @rule(slow=st.booleans(), trouble=st.sampled_from([None] * 6 + list(Trouble)))
    def weather(self, slow: bool, trouble: Trouble | None) -> None:
        self.shop.payments.refunds_take_time = slow
        self.shop.payments.trouble = trouble

    # Time

    @rule(minutes=st.sampled_from([1, 2, 5, 25, 60]))
    def time_passes(self, minutes: int) -> None:
        self.shop.wait(minutes=minutes)
        self.shop.release_expired()

    @rule()
    def work(self) -> None:
        self.shop.deliver()

    # The owner

    @rule(which=WHICH, pieces=st.none() | PIECES, last=st.booleans())
    def ship(self, which: int, pieces: dict[int, int] | None, last: bool) -> None:
        shipment = Shipment(carrier="USPS", contents=pieces, last=last)
        self.to_one(which, lambda order: self.shop.ship_order(self.rosa, order.id, shipment))

    @rule(which=WHICH, made=st.booleans())
    def make_or_deliver(self, which: int, made: bool) -> None:
        story = self.shop.start_production if made else self.shop.deliver_order
        self.to_one(which, lambda order: story(self.rosa, order.id))

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self.to_one(which, lambda order: self.shop.cancel_order(self.rosa, order.id))

    @rule(which=WHICH, decision=st.sampled_from(Decision))
    def resolve(self, which: int, decision: Decision) -> None:
        self.to_one(which, lambda order: self.shop.resolve_review(self.rosa, order.id, decision))

    @rule(
        which=WHICH,
        cents=st.none() | st.integers(1, 3000),
        pieces=st.just({}) | PIECES,
        restock=st.booleans(),
    )
    def refund(self, which: int, cents: int | None, pieces: dict[int, int], restock: bool) -> None:
        amount = None if cents is None else Money(cents, USD)
        wish = RefundWish(amount=amount, pieces=pieces, restock=restock)
        self.to_one(which, lambda order: self.shop.refund_order(self.rosa, order.id, wish))

    # What must stay true

    @invariant()
    def the_books_balance(self) -> None:
        assert faults(self.shop.store) == {}

    def to_one(self, which: int, step: Callable[[Order], object]) -> None:
        """Try it with one of the orders, if there is any."""
        if orders := self.shop.orders:
            self.attempt(lambda: step(orders[which % len(orders)]))

    def session(self, order: Order) -> str:
        return (self.shop.payments.sessions(order.token) or [""])[-1]

    def bank(self, which: int, move: Callable[[Order], object]) -> None:
        """What the payment service can not do (pay an expired page, say) does not happen."""
        with suppress(BrokenRule, RefundRefused, KeyError):
            if orders := self.shop.orders:
                move(orders[which % len(orders)])

    def attempt(self, step: Callable[[], object]) -> None:
        """What the shop refuses does not happen; anything else that is raised is a bug."""
        with suppress(Refusal):
            step()


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
