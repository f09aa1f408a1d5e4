"""The shop machine: whatever buyers, worker, owner, Stripe, the mail and death do, in any order."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.machine.directing import moves, one_of, pieces, soaps, which
from tests.machine.operations import Fate, Operation, Point
from tests.machine.owner import OwnersPart
from tests.machine.ports import MailTrouble
from tests.machine.stage import Buyer
from tests.support.stripe_stand_in import Trouble

keys = st.integers(0, 3)
jobs = st.sampled_from(["sweep", "deliver", "deliver", "reconcile", "hear", "hear", "hear again"])
troubles = st.permutations([*Trouble])
mail_troubles = st.permutations([*MailTrouble])
times = st.sampled_from([timedelta(minutes=m) for m in (1, 2, 6, 16, 32, 130)])


class ShopMachine(OwnersPart):
    # Buyers, the bank, and Stripe.

    @rule(soap=soaps, quantity=pieces, key=keys)
    def a_buyer_checks_out(self, soap: int, quantity: int, key: int) -> None:
        self.begin(lambda: self._check_out(soap, quantity, key))

    @rule(wanted=st.lists(st.tuples(soaps, pieces, keys), min_size=2, max_size=4))
    def a_crowd_checks_out(self, wanted: list[tuple[int, int, int]]) -> None:
        """At the same moment, and the shop serves them together."""
        self.begin(lambda: self.stage.crowd([self._buyer(*each) for each in wanted]))

    @rule(page=which, how=st.sampled_from(["now", "now", "now", "later", "less"]))
    def a_buyer_pays(self, page: int, how: str) -> None:
        """Or tries to: her page may be closed by now."""
        if chosen := one_of(self.stage.pages, page) or self.page(page % 3, 1):
            self.stage.pay(chosen, how)

    @rule(told=st.integers(0, 2))
    def somebody_pays_elsewhere(self, told: int) -> None:
        """On a page that the owner made by hand, at Stripe, which may say so twice."""
        stage = self.stage
        stage.pay_elsewhere()
        for _ in range(told):
            self.finish(stage.hear(stage.stripe.events[-1]))

    @rule(session=which, arrives=st.booleans())
    def the_bank_decides(self, session: int, arrives: bool) -> None:
        if chosen := one_of(self.stage.processing(), session):
            stripe = self.stage.stripe
            (stripe.money_comes if arrives else stripe.money_fails)(chosen)

    @rule(event=which, again=st.sampled_from([False, False, True]))
    def a_notice_arrives(self, event: int, again: bool) -> None:
        """One of those that did not get through yet, or any, in whatever order."""
        self._hear(event, again=again)

    @rule(event=which, unknown=st.booleans())
    def a_notice_is_lost(self, event: int, unknown: bool) -> None:
        """For good: Stripe tries for days, and gives up."""
        if lost := one_of(self.stage.undelivered(), event):
            self.stage.lose(lost, unknown=unknown)

    @rule(mood=st.sampled_from([*Trouble, *MailTrouble]), after=st.integers(0, 1))
    def somebody_has_a_mood(self, mood: Trouble | MailTrouble, after: int) -> None:
        stage = self.stage
        if isinstance(mood, Trouble):
            stage.line.moods[after:] = [mood]
        else:
            stage.mailer.moods[after:] = [mood]

    # The worker and the time.

    @rule(time=times)
    def time_passes(self, time: timedelta) -> None:
        self.stage.wait(time)

    # Interleaving and death.

    @rule(jobs=st.lists(st.tuples(jobs, which), min_size=1, max_size=4), moves=moves)
    def a_busy_moment(self, jobs: list[tuple[str, int]], moves: list[tuple[int, Fate]]) -> None:
        """Several things begin, and go on a little, each in its turn or out of it."""
        for job, choice in jobs:
            match job:
                case "hear" | "hear again":
                    self._hear(choice, again=job == "hear again")
                case _:
                    self.begin(partial(self.stage.work_on, job))
        self.go_on(moves)

    @rule(moves=moves)
    def operations_go_on(self, moves: list[tuple[int, Fate]]) -> None:
        self.go_on(moves)

    @rule(operation=which)
    def an_operation_ends(self, operation: int) -> None:
        if chosen := one_of(self.stage.crew.operations, operation):
            self.finish(chosen)

    # Fast forward, so that deep states are reached.

    @rule(soap=soaps, quantity=pieces)
    def a_sale(self, soap: int, quantity: int) -> None:
        self.sell(soap, quantity)

    @rule(soap=soaps, told=st.booleans(), arrives=st.booleans())
    def money_takes_its_time(self, soap: int, told: bool, arrives: bool) -> None:
        """And the shop may hear that it is on its way only when it is there, or not."""
        if page := self.page(soap, 1):
            self.stage.pay(page, "later")
            if told:
                self.hear_all()
            self.the_bank_decides(session=-1, arrives=arrives)

    @rule(soap=soaps, quantity=pieces, swept=st.booleans())
    def a_buyer_goes_away(self, soap: int, quantity: int, swept: bool) -> None:
        if self.page(soap, quantity):
            self.stage.wait(timedelta(minutes=32))
            if swept:
                self.finish(self.stage.work_on("sweep"))

    @rule(soap=soaps, moods=troubles)
    def a_patient_buyer(self, soap: int, moods: list[Trouble]) -> None:
        """Whatever is the matter with Stripe, she tries again under her key, and once more."""
        for mood in moods:
            self.stage.line.moods[:] = [mood]
            self.finish(self._check_out(soap, 1, key=1 + soap))
        self.stage.line.moods.clear()
        self.finish(self._check_out(soap, 1, key=1 + soap))

    @rule(soap=soaps, moods=mail_troubles)
    def letters_in_trouble(self, soap: int, moods: list[MailTrouble]) -> None:
        self.sell(soap, 1)
        for mood in moods:
            self.stage.mailer.moods[:] = [mood]
            self.finish(self.stage.work_on("deliver"))
            self.stage.wait(timedelta(minutes=2))

    @rule(soap=soaps, point=st.sampled_from([Point.COMMIT, Point.COMMITTED]))
    def a_commit_fails(self, soap: int, point: Point) -> None:
        """It collides, or its answer is lost; and the buyer tries again."""
        checkout = self._check_out(soap, 1, key=1 + soap)
        self.bring(checkout, point)
        if not checkout.has_ended:
            self.go(checkout, Fate.FAIL)
        self.finish(checkout)
        self.finish(self._check_out(soap, 1, key=1 + soap))

    @rule(soap=soaps)
    def an_impatient_buyer(self, soap: int) -> None:
        """She asks again, under the same key, before she has her answer."""
        first = self._check_out(soap, 1, key=1 + soap)
        self.bring(first, Point.ASKED)
        self.finish(self._check_out(soap, 1, key=1 + soap))

    @rule(soap=soaps)
    def two_workers_at_once(self, soap: int) -> None:
        """The one has a letter in its hands when the other begins."""
        self.sell(soap, 1)
        for _ in range(2):
            self.bring(self.stage.work_on("deliver"), Point.ASKED)

    @rule(soap=soaps)
    def told_twice_at_once(self, soap: int) -> None:
        """The sweep hears from Stripe that a page is closed while the notice of it arrives, and
        somebody else holds the same soap."""
        if self.page(soap, 1):
            self.stage.wait(timedelta(minutes=32))
            self.page(soap, 1)
            sweep = self.stage.work_on("sweep")
            self.bring(sweep, Point.ASKED)
            self.alternate(*map(self.stage.hear, self.stage.undelivered()[-1:]), sweep)

    @rule(soap=soaps)
    def money_is_quick(self, soap: int) -> None:
        """The notice that it is there arrives before the one that it is on its way has been dealt
        with."""
        if page := self.page(soap, 1):
            known = len(self.stage.stripe.events)
            self.stage.pay(page, "later")
            self.the_bank_decides(session=-1, arrives=True)
            self.alternate(*map(self.stage.hear, reversed(self.stage.stripe.events[known:])))

    @rule(soap=soaps)
    def two_buyers_at_once(self, soap: int) -> None:
        """They want the same soap."""
        wanted = self.stage.soaps[soap]
        self.alternate(*(self.stage.check_out(wanted, 1, None, who) for who in ("she", "he")))

    @rule(soap=soaps, dies=st.booleans())
    def a_page_that_nobody_knows(self, soap: int, dies: bool) -> None:
        """Stripe has made it, and before the order knows of it the checkout dies, or takes so long
        that the order is given up."""
        checkout = self._check_out(soap, 1, key=0)
        self.bring(checkout, Point.ASKED)
        if dies and not checkout.has_ended:
            self.go(checkout, Fate.DIE)
        self.stage.wait(timedelta(minutes=32))
        self.finish(self.stage.work_on("sweep"))
        self.finish(checkout)

    @rule(soap=soaps)
    def a_hearing_dies(self, soap: int) -> None:
        """When the effect of a payment is kept, and before anybody was told so."""
        if page := self.page(soap, 1):
            self.stage.pay(page)
            for event in self.stage.undelivered()[-1:]:
                hearing = self.stage.hear(event)
                self.bring(hearing, Point.COMMITTED)
                if not hearing.has_ended:
                    self.go(hearing, Fate.DIE)

    @rule(times=st.integers(1, 7))
    def the_worker_keeps_dying(self, times: int) -> None:
        """Each time with a letter in its hands."""
        stage = self.stage
        for _ in range(times):
            worker = stage.work_on("deliver")
            while not worker.has_ended and not stage.mailer.is_held_by(worker):
                stage.go(worker)
            if not worker.has_ended:
                stage.go(worker, Fate.DIE)
            stage.wait(timedelta(minutes=2))

    @rule(now=st.integers(0, 3))
    def everything_recovers(self, now: int) -> None:
        if not now:
            self.recover()

    # How it works.

    def _hear(self, choice: int, *, again: bool) -> None:
        stage = self.stage
        known = [event for event in stage.stripe.events if event not in stage.lost]
        if event := one_of(known if again else stage.undelivered(), choice):
            self.begin(lambda: stage.hear(event))

    def _check_out(self, soap: int, quantity: int, key: int) -> Operation:
        return self.stage.check_out(*self._buyer(soap, quantity, key))

    def _buyer(self, soap: int, quantity: int, key: int) -> Buyer:
        name = f"key-{key}" if key else None
        # A key comes with one basket, most of the time.
        wanted = self.stage.soaps[key % 3 if key and quantity < 3 else soap]
        return wanted, quantity if not key else 1, name, f"client-{quantity}"
