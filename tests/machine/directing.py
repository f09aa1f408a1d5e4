"""What all parts of the shop machine need: a stage, operations that begin and end, and a look at
the books after whatever happened.

Choices are plain numbers, taken round the list of what there is to choose from, so that a choice
means something in every situation and a failing run shrinks well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from tests.machine.operations import Fate, Operation, Point
from tests.machine.recovery import recover
from tests.machine.stage import Ground, Page, Stage, Violation
from tests.machine.truths import ALWAYS, check

AT_ONCE = 5
"""Operations under way together, at most."""
FAR = 12
"""Points that lie before any that is worth waiting for."""
Thing = TypeVar("Thing")

which = st.integers(0, 11)
soaps = st.integers(0, 2)
pieces = st.integers(1, 3)
fates = st.sampled_from([*[Fate.GO] * 8, Fate.FAIL, Fate.DIE])
moves = st.lists(st.tuples(which, fates), min_size=3, max_size=14)


def one_of(things: Sequence[Thing], choice: int) -> Thing | None:
    return things[choice % len(things)] if things else None


class Directing(RuleBasedStateMachine):
    """Subclasses say on what ground, and count what happens."""

    ground: ClassVar[Callable[[], Ground]]
    spoil: ClassVar[Callable[[Stage], None] | None] = None
    happened: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(type(self).ground(), self.happened, type(self).spoil)
        self.seen: object = None
        self.is_broken = False

    @invariant()
    def what_must_hold_holds(self) -> None:
        """Asked whenever something has changed since it was asked last."""
        stage = self.stage
        now = (
            stage.stopping.commits,
            len(stage.stripe.questions),
            len(stage.stripe.events),
            len(stage.mailer.tries),
            len(stage.pages),
        )
        if now != self.seen:
            self.heed(lambda: check(stage, ALWAYS))
            stage.happened["audit"] += 1
            self.seen = now

    def teardown(self) -> None:
        try:
            if not self.is_broken:
                self.recover()
        finally:
            self.stage.close()
            self._count()

    def begin(self, start: Callable[[], Operation]) -> None:
        """An operation begins, if there is room for it; else another one ends first."""
        operations = self.stage.crew.operations
        if len(operations) >= AT_ONCE:
            self.finish(operations[0])
        self.heed(start)

    def finish(self, operation: Operation) -> Operation:
        look = self.what_must_hold_holds if self.stage.ground.is_quick else lambda: None
        self.heed(lambda: self.stage.finish(operation, look))
        return operation

    def go_on(self, moves: Sequence[tuple[int, Fate]]) -> None:
        for choice, fate in moves:
            if operation := one_of(self.stage.crew.operations, choice):
                self.go(operation, fate)

    def go(self, operation: Operation, fate: Fate = Fate.GO) -> None:
        self.heed(lambda: self.stage.go(operation, fate))
        self.what_must_hold_holds()

    def bring(self, operation: Operation, point: Point) -> None:
        """On until it is there, if it ever is."""
        for _ in range(FAR):
            if not operation.has_ended and operation.at is not point:
                self.go(operation)

    def alternate(self, *operations: Operation) -> None:
        """Each goes one step, then each the next, to their ends."""
        for _ in range(FAR):
            for operation in operations:
                if not operation.has_ended:
                    self.go(operation)

    def sell(self, soap: int, quantity: int) -> Page | None:
        """Somebody pays at once, and Stripe's notices arrive at once."""
        if page := self.page(soap, quantity):
            self.stage.pay(page)
            self.hear_all()
        return page

    def page(self, soap: int, quantity: int) -> Page | None:
        """Somebody checks out, without a key."""
        stage = self.stage
        ended = self.finish(stage.check_out(stage.soaps[soap], quantity, None, f"client-{soap}"))
        return ended.result if isinstance(ended.result, Page) else None

    def hear_all(self) -> None:
        for event in self.stage.undelivered():
            self.finish(self.stage.hear(event))

    def recover(self) -> None:
        self.heed(lambda: recover(self.stage))

    def heed(self, deed: Callable[[], Any]) -> None:
        """Nothing more is to be learned from a shop that is broken."""
        try:
            deed()
        except Violation:
            self.is_broken = True
            raise

    def _count(self) -> None:
        happened = self.stage.happened
        happened["run"] += 1
        happened["waited for a lock"] += self.stage.crew.waits
        for order in self.stage.orders():
            happened["order"] += 1
            happened[f"order {order.state}"] += 1
            happened["order paid"] += order.paid_at is not None and order.state.value != "paid"
            happened["order refunded"] += bool(order.refunded.minor)
