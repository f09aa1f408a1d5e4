"""The owner's part, and that of her bank: what happens after a sale."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from eterno.application.orders.resolve_review import Decision
from eterno.application.orders.ship_order import Shipment
from eterno.domain.orders import Order, OrderState
from eterno.domain.refunds import RefundWish
from tests.builders import usd
from tests.machine.directing import Directing, one_of, pieces, soaps, which
from tests.machine.operations import Operation
from tests.support.stripe_stand_in import Trouble

LOST = Trouble.SILENT_AFTER
wishes = st.sampled_from(["all", "little", "a piece", "a piece back on the shelf"])


class OwnersPart(Directing):
    @rule(order=which, wish=wishes, key=st.integers(0, 2))
    def she_refunds(self, order: int, wish: str, key: int) -> None:
        if chosen := self._paid(order):
            self.begin(partial(self._refund, chosen, wish, f"refund-{key}" if key else None))

    @rule(order=which)
    def she_cancels(self, order: int) -> None:
        if chosen := one_of(self.stage.orders(), order):
            self.begin(lambda: self.stage.ask("cancel", "cancel_order", chosen.id))

    @rule(order=which, decision=st.sampled_from(Decision))
    def she_decides(self, order: int, decision: Decision) -> None:
        in_review = [it for it in self.stage.orders() if it.state is OrderState.REVIEW]
        if chosen := one_of(in_review, order):
            self.begin(lambda: self.stage.ask("decide", "resolve_review", chosen.id, decision))

    @rule(order=which)
    def she_sends_a_parcel(self, order: int) -> None:
        if chosen := self._paid(order):
            parcel = Shipment(carrier="Post", tracking=f"T{order}")
            self.begin(lambda: self.stage.ask("ship", "ship_order", chosen.id, parcel))

    @rule(soap=soaps, quantity=pieces)
    def new_pieces_arrive(self, soap: int, quantity: int) -> None:
        id = self.stage.soaps[soap].id
        self.begin(lambda: self.stage.ask("deliver stock", "receive_delivery", id, quantity))

    @rule(session=which, amount=st.sampled_from([1, 100, 899]))
    def money_goes_back_elsewhere(self, session: int, amount: int) -> None:
        """Somebody does it in Stripe's dashboard."""
        if chosen := one_of(self.stage.paid_sessions(), session):
            self.stage.happened["refunded elsewhere"] += 1
            self.stage.stripe.give_back(chosen["payment_intent"], amount)

    @rule(slow=st.booleans())
    def refunds_take_time(self, slow: bool) -> None:
        self.stage.stripe.refunds_take_time = slow

    @rule(refund=which, status=st.sampled_from(["succeeded", "succeeded", "failed"]))
    def a_refund_is_decided(self, refund: int, status: str) -> None:
        """By the buyer's bank, which may also send back what had arrived."""
        open_ones = [
            id
            for id, it in self.stage.stripe.refunds.items()
            if it["status"] not in (status, "failed")
        ]
        if chosen := one_of(open_ones, refund):
            self.stage.happened[f"bank: refund {status}"] += 1
            self.stage.stripe.end_refund(chosen, status)

    @rule(session=which)
    def a_buyer_disputes(self, session: int) -> None:
        if chosen := one_of(self.stage.paid_sessions(), session):
            self.stage.happened["dispute"] += 1
            due = self.stage.ground.clock.now() + timedelta(days=7)
            self.stage.stripe.dispute(chosen["id"], "needs_response", due)

    # Fast forward.

    @rule(soap=soaps, wish=wishes, asked=st.booleans())
    def a_sale_is_refunded(self, soap: int, wish: str, asked: bool) -> None:
        """At least, she wants it to be; and the worker may have begun with it."""
        if order := self._sold(soap):
            self.finish(self._refund(order, wish))
            if asked:
                self.finish(self.stage.work_on("deliver"))

    @rule(soap=soaps, moods=st.sampled_from([[LOST], [None, LOST]]), days=st.integers(0, 2))
    def a_refund_is_made_and_nobody_knows(
        self, soap: int, moods: list[Trouble | None], days: int
    ) -> None:
        """Stripe's answer is lost, and hours go by before it is asked again, or more than a day,
        after which it has forgotten the key."""
        if order := self._sold(soap):
            self.finish(self._refund(order, "little"))
            for _ in range(2):
                self.stage.line.moods[:] = moods
                self.finish(self.stage.work_on("deliver"))
                self.stage.wait(timedelta(days=days, minutes=130))

    @rule(soap=soaps)
    def she_refunds_twice_at_once(self, soap: int) -> None:
        if order := self._sold(soap):
            self.alternate(*(self._refund(order, wish) for wish in ("all", "little")))

    @rule(soap=soaps, decision=st.sampled_from(Decision))
    def a_buyer_pays_less_and_she_decides(self, soap: int, decision: Decision) -> None:
        if page := self.page(soap, 1):
            self.stage.pay(page, "less")
            self.hear_all()
            order = self.stage.order_of(page.session)
            if order and order.state is OrderState.REVIEW:
                self.finish(self.stage.ask("decide", "resolve_review", order.id, decision))

    @rule(soap=soaps, wish=wishes)
    def a_refund_bounces(self, soap: int, wish: str) -> None:
        """The buyer's bank sends it back, after Stripe had said that it went through."""
        if order := self._sold(soap):
            self.finish(self._refund(order, wish))
            self.finish(self.stage.work_on("deliver"))
            self.a_refund_is_decided(refund=-1, status="failed")
            self.hear_all()

    @rule(soap=soaps, what=st.sampled_from(["refund", "dispute", "money"]))
    def nobody_hears_of_it(self, soap: int, what: str) -> None:
        """Money goes back elsewhere, is asked back, or arrives at last; and the notice is lost."""
        stage = self.stage
        if what == "money":
            if page := self.page(soap, 1):
                stage.pay(page, "later")
                self.hear_all()
                stage.stripe.money_comes(page.session)
        elif page := self.sell(soap, 1):
            if what == "refund":
                self.money_goes_back_elsewhere(session=-1, amount=100)
            else:
                self.a_buyer_disputes(session=-1)
        for event in stage.undelivered():
            stage.lose(event, unknown=what == "money")

    def _sold(self, soap: int) -> Order | None:
        page = self.sell(soap, 1)
        order = self.stage.order_of(page.session) if page else None
        return order if order and order.captured.minor else None

    def _refund(self, order: Order, wish: str, key: str | None = None) -> Operation:
        refund = self._wish(order, wish)
        return self.stage.ask("refund", "refund_order", order.id, refund, key=key)

    def _paid(self, choice: int) -> Order | None:
        return one_of([order for order in self.stage.orders() if order.captured.minor], choice)

    @staticmethod
    def _wish(order: Order, wish: str) -> RefundWish:
        piece = {order.lines[0].variant_id: 1}
        match wish:
            case "all":
                return RefundWish()
            case "little":
                return RefundWish(amount=usd("1.00"))
            case "a piece":
                return RefundWish(pieces=piece)
            case _:
                return RefundWish(pieces=piece, restock=True)
