"""A whole shop without walls: the stories over memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

from eterno.adapters.memory.mail import MemoryMailer
from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.memory.payments import MemoryPayments
from eterno.adapters.memory.stationery import PlainStationery
from eterno.adapters.memory.store import MemoryStore
from eterno.application.checkout.hear import Outcome
from eterno.application.checkout.hold_orders import CheckoutPolicy
from eterno.application.checkout.place_order import PlaceOrder
from eterno.application.checkout.reconcile import Reconcile
from eterno.application.checkout.release_expired import ReleaseExpired
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.inventory import stock
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.media.pictures import Pictures
from eterno.application.orders.add_note import AddNote
from eterno.application.orders.cancel_order import CancelOrder
from eterno.application.orders.deliver_order import DeliverOrder
from eterno.application.orders.place_manual_order import PlaceManualOrder
from eterno.application.orders.refund_order import RefundOrder
from eterno.application.orders.resolve_review import ResolveReview
from eterno.application.orders.ship_order import ShipOrder
from eterno.application.orders.start_production import StartProduction
from eterno.application.orders.tell import tell
from eterno.application.outbox.deliver import DeliverOutbox, Reaction
from eterno.application.outbox.reactions import all_reactions
from eterno.application.ports.payments import PaymentNotice
from eterno.domain.catalog import Variant
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.history import EventKind
from eterno.domain.orders import Order
from tests.builders import a_basket_of
from tests.support.clock import FixedClock
from tests.support.ids import CountingIds

FACTS = ShopFacts(name="Eterno", owner_email="owner@eterno.example", site="https://eterno.example")


class Shop:
    def __init__(
        self, policy: CheckoutPolicy | None = None, promise: FulfilmentPolicy | None = None
    ) -> None:
        promise = promise or FulfilmentPolicy()
        self.clock = FixedClock()
        self.store = MemoryStore(self.clock)
        self.payments = MemoryPayments(self.clock)
        self.mailer = MemoryMailer()
        self.media = MemoryMedia(self.clock)
        self.ids = ids = CountingIds()
        self.pictures = Pictures(self.store, self.media)
        self.place_order = PlaceOrder(self.store, self.payments, ids, policy or CheckoutPolicy())
        self.settle_payment = SettlePayment(self.store, self.payments, ids, promise)
        self.release_expired = ReleaseExpired(self.store, self.payments, ids, promise)
        self.reconcile = Reconcile(self.store, self.payments, ids, promise)
        self.deliver = DeliverOutbox(self.store, self.reactions())

        self.start_production = StartProduction(self.store)
        self.ship_order = ShipOrder(self.store, ids)
        self.deliver_order = DeliverOrder(self.store)
        self.refund_order = RefundOrder(self.store, ids)
        self.cancel_order = CancelOrder(self.store, self.payments, ids, promise)
        self.resolve_review = ResolveReview(self.store, ids, promise)
        self.place_manual_order = PlaceManualOrder(self.store, ids, promise)
        self.add_note = AddNote(self.store)

    def reactions(self) -> Mapping[str, Reaction]:
        """Who does each kind of task."""
        return all_reactions(
            self.store,
            self.payments,
            self.ids,
            PlainStationery(),
            self.mailer,
            self.media,
            FACTS,
            {},
        )

    def checkout(
        self, *wanted: tuple[Variant, int], client: str = "203.0.113.7", key: str | None = None
    ) -> str:
        """Place an order at the prices as they are; the address of its page."""
        return self.place_order(a_basket_of(*wanted), client=client, key=key)

    def hear(self, notice: PaymentNotice) -> Outcome:
        """The notice arrives."""
        return self.settle_payment(*self.payments.sealed(notice))

    def wait(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    def give_up(self, order: Order) -> None:
        """The order is expired and its stock back, whatever the payment service thinks."""
        with self.store.begin() as work:
            held = work.orders.hold(order.id)
            stock.release(work, held)
            work.orders.save(held.expire())
            tell(work, held, EventKind.EXPIRED)

    @property
    def orders(self) -> list[Order]:
        return list(self.store.tables.orders.values())

    @property
    def order(self) -> Order:
        """The only one."""
        (order,) = self.orders
        return order

    @property
    def session(self) -> str:
        """The last one opened for the only order."""
        return self.payments.sessions(self.order.token)[-1]

    @property
    def news(self) -> Counter[str]:
        """How often each reaction is in the outbox."""
        return Counter(filed.task.reaction for filed in self.store.tables.outbox.values())

    @property
    def history(self) -> list[EventKind]:
        """What happened to the only order."""
        return [event.kind for event in self.store.tables.history]

    def on_shelf(self, variant: Variant) -> tuple[int, int]:
        """(on hand, reserved)."""
        shelf = self.store.tables.shelves[variant.id]
        return shelf.on_hand, shelf.reserved
