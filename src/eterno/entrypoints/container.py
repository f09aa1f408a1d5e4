"""The one place that knows both ports and adapters, and puts them together.

`Shop` lists the use cases and what they need; `live` and `in_memory` are its two fillings. An
adapter is imported by the filling that chose it, so nobody waits for what is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from dependency_injector import containers, providers

from eterno.application.access.create_admin import CreateAdmin
from eterno.application.catalog.open_shop import OpenShop
from eterno.application.checkout.place_order import CheckoutPolicy, PlaceOrder
from eterno.application.checkout.release_expired import ReleaseExpired
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.letters.order_letters import ShopFacts
from eterno.application.letters.reactions import letter_reactions
from eterno.application.outbox.deliver import DeliverOutbox
from eterno.application.ports.access import Passwords
from eterno.application.ports.mail import Mailer, Stationery
from eterno.application.ports.media import MediaStore
from eterno.application.ports.payments import Payments
from eterno.application.ports.store import Store
from eterno.application.ports.system import Clock, Ids
from eterno.application.ports.views import OrderDesk, OutboxDesk, ShopWindow
from eterno.entrypoints.settings import Settings

if TYPE_CHECKING:
    from eterno.adapters.sandbox.courier import Courier
    from eterno.adapters.sandbox.mailbox import SandboxMailer
    from eterno.adapters.sandbox.media import SandboxMedia
    from eterno.adapters.sandbox.payments import SandboxPayments

NOTICE_CONNECTIONS = 3
WEBHOOK_PATH = "/webhooks/stripe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The stand-ins that are in use, for the pages that show them."""

    payments: SandboxPayments
    mailbox: SandboxMailer
    media: SandboxMedia
    courier: Courier


def checkout_policy_of(settings: Settings) -> CheckoutPolicy:
    limited = settings.checkout_limits == "on"
    return CheckoutPolicy(
        open_orders=settings.checkout_open_orders if limited else None,
        held_units=settings.checkout_held_units if limited else None,
    )


def shop_facts_of(settings: Settings) -> ShopFacts:
    return ShopFacts(
        name=settings.shop_name,
        owner_email=settings.to_email,
        site=settings.frontend_url or settings.base_url,
    )


class Shop(containers.DeclarativeContainer):
    """Everything the shop can do. The dependencies are ports; a filling provides them."""

    settings = providers.Dependency(instance_of=Settings)
    store: providers.Dependency[Store] = providers.Dependency()
    notice_store: providers.Dependency[Store] = providers.Dependency()
    """The same store through connections of its own: payments are heard while buyers queue."""
    payments: providers.Dependency[Payments] = providers.Dependency()
    mailer: providers.Dependency[Mailer] = providers.Dependency()
    media: providers.Dependency[MediaStore] = providers.Dependency()
    stationery: providers.Dependency[Stationery] = providers.Dependency()
    passwords: providers.Dependency[Passwords] = providers.Dependency()
    ids: providers.Dependency[Ids] = providers.Dependency()
    shop_window: providers.Dependency[ShopWindow] = providers.Dependency()
    order_desk: providers.Dependency[OrderDesk] = providers.Dependency()
    outbox_desk: providers.Dependency[OutboxDesk] = providers.Dependency()
    sandbox: providers.Provider[Sandbox | None] = providers.Object(None)

    checkout_policy = providers.Singleton(checkout_policy_of, settings)
    shop_facts = providers.Singleton(shop_facts_of, settings)

    place_order = providers.Singleton(PlaceOrder, store, payments, ids, checkout_policy)
    settle_payment = providers.Singleton(SettlePayment, notice_store, payments, ids)
    release_expired = providers.Singleton(ReleaseExpired, notice_store, payments, ids)
    reactions = providers.Singleton(letter_reactions, notice_store, stationery, mailer, shop_facts)
    deliver_outbox = providers.Singleton(DeliverOutbox, notice_store, reactions)
    open_shop = providers.Singleton(OpenShop, store, media)
    create_admin = providers.Singleton(CreateAdmin, store, passwords)


@contextmanager
def live(
    settings: Settings,
    database_uri: str,
    *,
    ahead: Callable[[], timedelta] = timedelta,
) -> Iterator[Shop]:
    """The shop on PostgreSQL, with the sandbox for payments, mail and pictures.

    `ahead` is added to every clock, so that tests can let time pass.
    """
    from eterno.adapters.argon2.passwords import Argon2Passwords
    from eterno.adapters.jinja.stationery import JinjaStationery
    from eterno.adapters.postgres.store import PostgresStore
    from eterno.adapters.postgres.views import (
        PostgresOrderDesk,
        PostgresOutboxDesk,
        PostgresShopWindow,
    )
    from eterno.adapters.system.clock import SystemClock
    from eterno.adapters.system.ids import SystemIds

    sandbox = _sandbox(settings, SystemClock(ahead))
    store = PostgresStore(database_uri, connections=settings.database_connections, ahead=ahead)
    notice_store = PostgresStore(database_uri, connections=NOTICE_CONNECTIONS, ahead=ahead)
    with closing(store), closing(notice_store):
        yield Shop(
            settings=providers.Object(settings),
            store=providers.Object(store),
            notice_store=providers.Object(notice_store),
            payments=providers.Object(sandbox.payments),
            mailer=providers.Object(sandbox.mailbox),
            media=providers.Object(sandbox.media),
            stationery=providers.Singleton(JinjaStationery),
            passwords=providers.Singleton(Argon2Passwords),
            ids=providers.Singleton(SystemIds),
            shop_window=providers.Singleton(PostgresShopWindow, store),
            order_desk=providers.Singleton(PostgresOrderDesk, store),
            outbox_desk=providers.Singleton(PostgresOutboxDesk, store),
            sandbox=providers.Object(sandbox),
        )


def in_memory(settings: Settings, clock: Clock) -> Shop:
    """The shop on fakes: quick and forgetful, for tests."""
    from eterno.adapters.jinja.stationery import JinjaStationery
    from eterno.adapters.memory.access import PlainPasswords
    from eterno.adapters.memory.mail import MemoryMailer
    from eterno.adapters.memory.media import MemoryMedia
    from eterno.adapters.memory.payments import MemoryPayments
    from eterno.adapters.memory.store import MemoryStore
    from eterno.adapters.memory.views import MemoryOrderDesk, MemoryOutboxDesk, MemoryShopWindow
    from eterno.adapters.system.ids import SystemIds

    store = MemoryStore(clock)
    return Shop(
        settings=providers.Object(settings),
        store=providers.Object(store),
        notice_store=providers.Object(store),
        payments=providers.Singleton(MemoryPayments, clock),
        mailer=providers.Singleton(MemoryMailer),
        media=providers.Singleton(MemoryMedia),
        stationery=providers.Singleton(JinjaStationery),
        passwords=providers.Singleton(PlainPasswords),
        ids=providers.Singleton(SystemIds),
        shop_window=providers.Singleton(MemoryShopWindow, store),
        order_desk=providers.Singleton(MemoryOrderDesk, store),
        outbox_desk=providers.Singleton(MemoryOutboxDesk, store),
    )


def _sandbox(settings: Settings, clock: Clock) -> Sandbox:
    from eterno.adapters.sandbox.courier import Courier, WebhookPost
    from eterno.adapters.sandbox.database import SandboxDatabase
    from eterno.adapters.sandbox.mailbox import SandboxMailer
    from eterno.adapters.sandbox.media import SandboxMedia
    from eterno.adapters.sandbox.objects import Venue
    from eterno.adapters.sandbox.payments import SandboxPayments
    from eterno.adapters.sandbox.secret import webhook_secret
    from eterno.adapters.sandbox.shipping import ShippingOffer

    folder = settings.data_dir / "sandbox"
    secret = webhook_secret(folder)
    database = SandboxDatabase(folder / "sandbox.db")
    base, site = settings.base_url, settings.frontend_url
    venue = Venue(
        shop=settings.shop_name,
        base_url=base,
        success_url=(f"{site}/success" if site else f"{base}/sandbox/thanks")
        + "?session_id={CHECKOUT_SESSION_ID}",
        cancel_url=f"{site}/cancel" if site else f"{base}/sandbox/cancelled",
        shipping=[
            ShippingOffer(rate.name, rate.amount, rate.days) for rate in settings.delivery_rates
        ],
        countries=settings.delivery_countries,
    )
    return Sandbox(
        payments=SandboxPayments(database, venue=venue, webhook_secret=secret, clock=clock),
        mailbox=SandboxMailer(database, sender=settings.from_email, clock=clock),
        media=SandboxMedia(folder / "media", base),
        courier=Courier(
            database,
            WebhookPost(settings.internal_url + WEBHOOK_PATH),
            webhook_secret=secret,
            clock=clock,
        ),
    )
