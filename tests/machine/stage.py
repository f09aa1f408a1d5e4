"""A whole shop whose stories can be stopped and killed, and the world around it in a test's hand.

The stories, the store and Stripe's adapter are the real ones; Stripe itself, the mail service and
the time are ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from dependency_injector import providers

from eterno.adapters.stripe.payments import StripePayments
from eterno.application.checkout.hold_orders import Wish
from eterno.application.outbox.deliver import LEASE
from eterno.application.ports.books import Books
from eterno.application.ports.payments import Payments
from eterno.application.ports.store import Store
from eterno.application.ports.system import Clock
from eterno.application.ports.views import OrderDesk, OutboxDesk
from eterno.domain.catalog import Variant
from eterno.domain.errors import Refusal
from eterno.domain.orders import Order
from eterno.entrypoints.container import Shop, in_memory
from eterno.entrypoints.outside import Outside
from eterno.entrypoints.settings import Settings, read_settings
from tests.builders import a_basket_of, add_admin, put_on_sale
from tests.machine.log_watch import LogWatch
from tests.machine.operations import Crew, Fate, Operation
from tests.machine.ports import PlainLetters, StoppingMailer, StoppingStore, StripeWithin
from tests.scenarios.world import ROSA
from tests.support.ids import CountingIds
from tests.support.stripe_stand_in import SECRET, TEST_KEY, Event, StripeStandIn

Buyer = tuple[Variant, int, str | None, str]
"""What she wants, how many, her idempotency key, and her address."""
SHELF = 4
"""Pieces of each soap: few, so that buyers fight for them."""
SOAPS = 3


class Violation(AssertionError):
    """Something that must hold did not."""


class Bug(Violation):
    """A story ended with an exception that is none of the shop's refusals."""


@dataclass
class Ground:
    """What a shop stands on: a store of its own, empty, and its time."""

    store: Store
    books: Books
    order_desk: OrderDesk
    outbox_desk: OutboxDesk
    clock: Clock
    advance: Callable[[timedelta], None]
    within: bool
    """Whether works can be stopped in before they commit."""
    waiting: Callable[[], int] = lambda: 0
    """How many sessions of the database wait for a lock."""
    is_quick: bool = False
    """Whether there is time to look at the books also while an operation is brought to its end."""


@dataclass(frozen=True)
class Slow:
    """A clock that is behind another one."""

    clock: Clock
    by: timedelta = timedelta(minutes=2)

    def now(self) -> datetime:
        return self.clock.now() - self.by


@dataclass
class Page:
    """A payment page whose address was given to a buyer."""

    session: str
    key: str | None
    """The buyer's idempotency key."""


@dataclass
class Stage:
    ground: Ground
    happened: Counter[str]
    """What has happened, by kind: the coverage."""
    spoil: Callable[[Stage], None] | None = None
    """Switches off one of the shop's mechanisms."""
    time: timedelta = timedelta(0)
    pages: list[Page] = field(default_factory=list)
    set_off: dict[Operation, timedelta] = field(default_factory=dict)
    """When each operation began to do something."""
    lost: list[Event] = field(default_factory=list)
    """Notices that Stripe has given up: nobody ever brings them."""
    idle: set[str] = field(default_factory=set)
    """Jobs of the worker that are not done."""

    def __post_init__(self) -> None:
        self.crew = Crew(self.ground.waiting)
        self.stripe = StripeStandIn(Slow(self.ground.clock), address="https://stripe.example")
        self.line = StripeWithin(self.stripe, self.happened)
        self.mailer = StoppingMailer(self.happened)
        self.stopping = StoppingStore(self.ground.store, self.happened, within=self.ground.within)
        self.store: Store = self.stopping
        self.payments: Payments = self._payments()
        if self.spoil:
            self.spoil(self)
        self.shop = self._shop()
        self.soaps = [put_on_sale(self.ground.store, pieces=SHELF) for _ in range(SOAPS)]
        self.owner = add_admin(self.ground.store)
        self.log = LogWatch()

    # What is set going.

    def check_out(self, soap: Variant, quantity: int, key: str | None, client: str) -> Operation:
        basket = a_basket_of((soap, quantity))

        def deed() -> Page:
            url = self.shop.place_order()(basket, client=client, key=key)
            return Page(url.rsplit("/", 1)[-1], key)

        return self.start("check out", deed)

    def crowd(self, buyers: Sequence[Buyer]) -> Operation:
        """Several check out at the same moment, and the shop serves them together."""
        place_order = self.shop.place_order()
        wishes = [
            Wish(basket=a_basket_of((soap, quantity)), client=client, key=key)
            for soap, quantity, key, client in buyers
        ]

        def deed() -> list[Page]:
            granted = [order for order in place_order.hold(wishes) if isinstance(order, Order)]
            made = [(order.id, place_order.open_page(order)) for order in granted]
            return [
                Page(url.rsplit("/", 1)[-1], order.key)
                for order, url in zip(granted, place_order.remember(made), strict=True)
                if isinstance(url, str)
            ]

        return self.start("crowd", deed)

    def hear(self, event: Event) -> Operation:
        self.happened["heard again"] += event.delivered
        body, signature = self.stripe.sealed(event.body)

        def deed() -> Event:
            self.shop.settle_payment()(body, signature)
            return event

        return self.start("hear", deed)

    def ask(self, name: str, story: str, *wish: Any, **terms: Any) -> Operation:
        """An admin wants something."""
        deed = getattr(self.shop, story)()
        return self.start(name, lambda: deed(self.owner, *wish, **terms))

    def pay(self, page: Page, how: str = "now") -> None:
        """A buyer does, on the page that she was given, if it is still open."""
        match how:
            case "now":
                self.stripe.pay(page.session, ROSA)
            case "later":
                self.stripe.pay_later(page.session, ROSA)
            case "less":  # with a discount that nobody gave
                self.stripe.pay(page.session, ROSA, amount_subtotal=1, amount_total=1)

    def work_on(self, job: str) -> Operation:
        """One round of a job of the worker. It compares as far back as there was something."""
        reconcile, since = self.shop.reconcile(), self.time + timedelta(days=1)
        jobs: dict[str, Callable[[], Any]] = {
            "sweep": self.shop.release_expired(),
            "deliver": self.shop.deliver_outbox(),
            "reconcile": lambda: reconcile(since),
        }
        return self.start(job, jobs[job] if job not in self.idle else lambda: None)

    def start(self, name: str, deed: Callable[[], Any]) -> Operation:
        self.happened[name] += 1
        return self.crew.start(name, deed)

    def go(self, operation: Operation, fate: Fate = Fate.GO) -> None:
        if fate is Fate.DIE:
            self.happened[f"killed at {operation.at.name.lower()}"] += 1
            self.happened["killed"] += 1
        self.set_off.setdefault(operation, self.time)
        self.crew.go(operation, fate)
        self.collect()

    def finish(self, operation: Operation, look: Callable[[], None] = lambda: None) -> Operation:
        self.set_off.setdefault(operation, self.time)
        self.crew.finish(operation, look)
        self.collect()
        return operation

    def collect(self) -> None:
        """Bring what came out of operations to whom it concerns."""
        for operation in self.crew.ended():
            self._take(operation)
        if bug := self.log.take():
            said, error = bug
            raise Bug(f"{said}: {error!r}") from error

    def wait(self, time: timedelta) -> None:
        self.time += time
        self.ground.advance(time)

    # What there is.

    def orders(self) -> list[Order]:
        return list(self.ground.order_desk.latest(most=1_000))

    def order_of(self, session_id: str) -> Order | None:
        token = self.stripe.sessions[session_id]["client_reference_id"]
        return next((order for order in self.orders() if order.token == token), None)

    def paid_sessions(self) -> list[dict[str, Any]]:
        """Those that buyers of ours have paid."""
        return [
            session
            for id, session in self.stripe.sessions.items()
            if session["client_reference_id"] and self.standing(id) == "paid"
        ]

    def undelivered(self) -> list[Event]:
        """Those that Stripe still brings."""
        return [it for it in self.stripe.events if not it.delivered and it not in self.lost]

    def lose(self, event: Event, *, unknown: bool = False) -> None:
        """Stripe gives up bringing it, and its list says that we have not heard; unless this is
        `unknown` to Stripe, and only who compares an order with its session can know."""
        self.happened["notice lost"] += 1
        self.lost.append(event)
        is_about_an_order = event.body["data"]["object"].get("client_reference_id") is not None
        event.delivered = unknown and is_about_an_order

    def standing(self, session_id: str) -> str:
        """How a session stands by Stripe's own account, at this moment."""
        session = self.stripe.sessions[session_id]
        if session["status"] == "open":
            is_over = session["expires_at"] <= self.stripe.clock.now().timestamp()
            return "expired" if is_over else "open"
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            return "processing" if self.stripe.is_processing(session_id) else "failed"
        return "paid" if session["status"] == "complete" else "expired"

    def processing(self) -> list[str]:
        """Sessions that are completed, and whose money is on its way."""
        return [id for id in self.stripe.sessions if self.stripe.is_processing(id)]

    def pay_elsewhere(self) -> None:
        """Somebody pays on a page that the owner made at Stripe, by hand."""
        asked = {
            "line_items": [{"price_data": {"unit_amount": 500, "currency": "usd"}, "quantity": 1}],
            "expires_at": int(self.ground.clock.now().timestamp()) + 3600,
            "mode": "payment",
            "success_url": "https://shop.example",
        }
        self.stripe.pay(self.stripe.open(asked), ROSA)

    def close(self) -> None:
        self.crew.dismiss()
        self.log.close()

    # How it is made.

    def _take(self, operation: Operation) -> None:
        error = operation.error
        if operation.was_killed:
            return
        if isinstance(error, Refusal):
            self.happened[f"refused: {error.code}"] += 1
        elif error is not None:
            raise Bug(f"{operation.name} ended with a bug: {error!r}") from error
        elif isinstance(operation.result, Page):
            self.pages.append(operation.result)
        elif isinstance(operation.result, list):
            self.pages += operation.result
        elif isinstance(operation.result, Event):
            operation.result.delivered = True

    def _payments(self) -> StripePayments:
        with patch("eterno.adapters.stripe.client.RequestsClient", lambda **_: self.line):
            return Outside(stage_settings(), self.ground.clock).stripe

    def _shop(self) -> Shop:
        shop = in_memory(stage_settings(), self.ground.clock)
        for dependency, thing in (
            (shop.store, self.store),
            (shop.notice_store, self.store),
            (shop.payments, self.payments),
            (shop.mailer, self.mailer),
            (shop.stationery, PlainLetters()),
            (shop.ids, CountingIds()),
        ):
            dependency.override(providers.Object(thing))
        return shop


def stage_settings() -> Settings:
    return read_settings(
        {
            "FRONTEND_URL": "https://shop.example",
            "STRIPE_SECRET_KEY": TEST_KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "SHIPPING_RATES": "Post:0:1-1",
            "CHECKOUT_OPEN_ORDERS": "30",
        }
    )


def lease_is_over(since: timedelta, now: timedelta) -> bool:
    return now - since >= LEASE
