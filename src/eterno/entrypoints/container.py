"""The one place that knows both ports and adapters, and puts them together.

`Shop` lists the use cases and what they need; `live` and `in_memory` are its two fillings. An
adapter is imported by the filling that chose it, so nobody waits for what is not used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from dependency_injector import containers, providers

from eterno.application.access.change_password import ChangePassword
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.access.disable_admin import DisableAdmin
from eterno.application.access.enable_admin import EnableAdmin
from eterno.application.access.identify import Identify
from eterno.application.access.reset_password import ResetPassword
from eterno.application.access.sign_in import SignIn
from eterno.application.access.sign_out_everywhere import SignOutEverywhere
from eterno.application.access.verify_password import VerifyPassword
from eterno.application.analytics.compare_cash import CompareCash
from eterno.application.analytics.rank_goods import RankGoods
from eterno.application.analytics.set_unit_cost import SetUnitCost
from eterno.application.analytics.tell_checkouts import TellCheckouts
from eterno.application.analytics.tell_customers import TellCustomers
from eterno.application.analytics.tell_sales import TellSales
from eterno.application.analytics.tell_service import TellService
from eterno.application.analytics.view_stock import ViewStock
from eterno.application.books.compare_books import CompareBooks
from eterno.application.catalog.add_categories import AddCategories
from eterno.application.catalog.add_product import AddProduct
from eterno.application.catalog.add_variant import AddVariant
from eterno.application.catalog.edit_category import EditCategory
from eterno.application.catalog.edit_product import EditProduct
from eterno.application.catalog.edit_variant import EditVariant
from eterno.application.catalog.open_shop import OpenShop
from eterno.application.catalog.remove_category import RemoveCategory
from eterno.application.catalog.remove_product import RemoveProduct
from eterno.application.catalog.remove_variant import RemoveVariant
from eterno.application.catalog.sort_product import SortProduct
from eterno.application.checkout.place_order import PlaceOrder
from eterno.application.checkout.reconcile import Reconcile
from eterno.application.checkout.release_expired import ReleaseExpired
from eterno.application.checkout.settle_payment import SettlePayment
from eterno.application.contact.send_message import SendMessage
from eterno.application.inventory.correct_stock import CorrectStock
from eterno.application.inventory.count_stock import CountStock
from eterno.application.inventory.receive_delivery import ReceiveDelivery
from eterno.application.letters.digests import LOW_STOCK, WEEK, SendDigests
from eterno.application.letters.owner_letters import LowStockLetter, OwnerLetters, WeeklyLetter
from eterno.application.media.bring_picture import BringPicture
from eterno.application.media.pictures import Pictures
from eterno.application.media.remove_pictures import SweepMedia
from eterno.application.media.request_upload import RequestUpload
from eterno.application.orders.add_note import AddNote
from eterno.application.orders.cancel_order import CancelOrder
from eterno.application.orders.deliver_order import DeliverOrder
from eterno.application.orders.place_manual_order import PlaceManualOrder
from eterno.application.orders.refund_order import RefundOrder
from eterno.application.orders.resolve_review import ResolveReview
from eterno.application.orders.ship_order import ShipOrder
from eterno.application.orders.show_to_buyer import ShowToBuyer
from eterno.application.orders.start_production import StartProduction
from eterno.application.outbox.deliver import DeliverOutbox
from eterno.application.outbox.reactions import all_reactions
from eterno.application.outbox.retry_task import RetryTask
from eterno.application.ports.access import Passwords, Tokens
from eterno.application.ports.books import Books
from eterno.application.ports.figures import Figures
from eterno.application.ports.mail import Mailer, Stationery
from eterno.application.ports.media import MediaStore
from eterno.application.ports.messages import MessageDesk
from eterno.application.ports.office import OfficeDesk
from eterno.application.ports.payments import Payments
from eterno.application.ports.store import Store
from eterno.application.ports.system import Clock, Ids
from eterno.application.ports.views import (
    AuditDesk,
    CatalogueChanges,
    InventoryDesk,
    OrderDesk,
    OutboxDesk,
    ShopPulse,
    ShopWindow,
)
from eterno.application.ports.workshop import Workshop
from eterno.application.privacy.erase_buyer import EraseBuyer
from eterno.application.privacy.export_buyer import ExportBuyer
from eterno.application.privacy.sweep_traces import SweepTraces
from eterno.entrypoints.outside import Outside
from eterno.entrypoints.policies import (
    checkout_policy_of,
    digest_policy_of,
    fulfilment_policy_of,
    retention_policy_of,
    shop_facts_of,
    tell_week_of,
    zone_of,
)
from eterno.entrypoints.settings import Settings

NOTICE_CONNECTIONS = 3
ADMIN_KEY_FILE = "admin-signing-key"
"""The file in the data folder with what tokens are signed with, where no setting says."""


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
    tokens: providers.Dependency[Tokens] = providers.Dependency()
    ids: providers.Dependency[Ids] = providers.Dependency()
    shop_window: providers.Dependency[ShopWindow] = providers.Dependency()
    inventory_desk: providers.Dependency[InventoryDesk] = providers.Dependency()
    catalogue_changes: providers.Dependency[CatalogueChanges] = providers.Dependency()
    shop_pulse: providers.Dependency[ShopPulse] = providers.Dependency()
    order_desk: providers.Dependency[OrderDesk] = providers.Dependency()
    outbox_desk: providers.Dependency[OutboxDesk] = providers.Dependency()
    message_desk: providers.Dependency[MessageDesk] = providers.Dependency()
    office_desk: providers.Dependency[OfficeDesk] = providers.Dependency()
    clock: providers.Dependency[Clock] = providers.Dependency()
    figures: providers.Dependency[Figures] = providers.Dependency()
    outside: providers.Provider[Outside | None] = providers.Object(None)
    """What serves the ports that leave the house; None where tests have put fakes."""
    audit_desk: providers.Dependency[AuditDesk] = providers.Dependency()
    workshop: providers.Dependency[Workshop] = providers.Dependency()
    books: providers.Dependency[Books] = providers.Dependency()

    checkout_policy = providers.Singleton(checkout_policy_of, settings)
    fulfilment_policy = providers.Singleton(fulfilment_policy_of, settings)
    shop_facts = providers.Singleton(shop_facts_of, settings)
    zone = providers.Singleton(zone_of, settings)

    place_order = providers.Singleton(PlaceOrder, store, payments, ids, checkout_policy)
    settle_payment = providers.Singleton(
        SettlePayment, notice_store, payments, ids, fulfilment_policy
    )
    release_expired = providers.Singleton(
        ReleaseExpired, notice_store, payments, ids, fulfilment_policy
    )
    owner_letters = providers.Singleton(OwnerLetters, stationery, mailer, shop_facts)
    low_stock_letter = providers.Singleton(
        LowStockLetter, inventory_desk, owner_letters, settings.provided.low_stock_threshold
    )
    tell_week = providers.Singleton(tell_week_of, settings, figures)
    weekly_letter = providers.Singleton(WeeklyLetter, tell_week, owner_letters)
    calendar_letters = providers.Dict({LOW_STOCK: low_stock_letter, WEEK: weekly_letter})
    reactions = providers.Singleton(
        all_reactions,
        notice_store,
        payments,
        ids,
        stationery,
        mailer,
        media,
        shop_facts,
        calendar_letters,
    )
    reconcile = providers.Singleton(Reconcile, notice_store, payments, ids, fulfilment_policy)
    retry_task = providers.Singleton(RetryTask, store)
    deliver_outbox = providers.Singleton(DeliverOutbox, notice_store, reactions)
    open_shop = providers.Singleton(OpenShop, store, media)
    create_admin = providers.Singleton(CreateAdmin, store, passwords)
    start_production = providers.Singleton(StartProduction, store)
    ship_order = providers.Singleton(ShipOrder, store, ids)
    deliver_order = providers.Singleton(DeliverOrder, store)
    refund_order = providers.Singleton(RefundOrder, store, ids)
    cancel_order = providers.Singleton(CancelOrder, store, payments, ids, fulfilment_policy)
    resolve_review = providers.Singleton(ResolveReview, store, ids, fulfilment_policy)
    place_manual_order = providers.Singleton(PlaceManualOrder, store, ids, fulfilment_policy)
    show_to_buyer = providers.Singleton(ShowToBuyer, store, order_desk)
    add_note = providers.Singleton(AddNote, store)
    identify = providers.Singleton(Identify, store, tokens)
    request_upload = providers.Singleton(RequestUpload, store, media, ids)
    bring_picture = providers.Singleton(BringPicture, store, media, request_upload)
    pictures = providers.Singleton(Pictures, store, media)
    sweep_media = providers.Singleton(SweepMedia, notice_store, media)
    send_message = providers.Singleton(SendMessage, store, ids)
    verify_password = providers.Singleton(VerifyPassword, store, passwords)
    sign_in = providers.Singleton(SignIn, verify_password, tokens)
    change_password = providers.Singleton(ChangePassword, store, verify_password, passwords)
    reset_password = providers.Singleton(ResetPassword, store, passwords)
    sign_out_everywhere = providers.Singleton(SignOutEverywhere, store)
    disable_admin = providers.Singleton(DisableAdmin, store)
    enable_admin = providers.Singleton(EnableAdmin, store)

    add_product = providers.Singleton(AddProduct, store, pictures)
    edit_product = providers.Singleton(EditProduct, store, pictures, ids)
    remove_product = providers.Singleton(RemoveProduct, store, ids)
    sort_product = providers.Singleton(SortProduct, store)
    add_categories = providers.Singleton(AddCategories, store)
    edit_category = providers.Singleton(EditCategory, store)
    remove_category = providers.Singleton(RemoveCategory, store)
    add_variant = providers.Singleton(AddVariant, store, pictures)
    edit_variant = providers.Singleton(EditVariant, store, pictures, ids)
    remove_variant = providers.Singleton(RemoveVariant, store, ids)
    count_stock = providers.Singleton(CountStock, store)
    receive_delivery = providers.Singleton(ReceiveDelivery, store)
    correct_stock = providers.Singleton(CorrectStock, store)
    compare_books = providers.Singleton(
        CompareBooks, store, order_desk, payments, shop_window, media
    )

    tell_sales = providers.Singleton(TellSales, figures)
    rank_goods = providers.Singleton(RankGoods, figures)
    view_stock = providers.Singleton(ViewStock, figures, zone)
    tell_checkouts = providers.Singleton(TellCheckouts, figures)
    tell_customers = providers.Singleton(TellCustomers, figures)
    tell_service = providers.Singleton(TellService, figures)
    compare_cash = providers.Singleton(CompareCash, figures)
    set_unit_cost = providers.Singleton(SetUnitCost, store)

    export_buyer = providers.Singleton(ExportBuyer, store, order_desk)
    erase_buyer = providers.Singleton(EraseBuyer, store, ids)
    sweep_traces = providers.Singleton(
        SweepTraces, notice_store, ids, providers.Callable(retention_policy_of, settings)
    )
    send_digests = providers.Singleton(
        SendDigests, notice_store, providers.Callable(digest_policy_of, settings)
    )


@contextmanager
def live(
    settings: Settings,
    database_uri: str,
    *,
    ahead: Callable[[], timedelta] = timedelta,
) -> Iterator[Shop]:
    """The shop on PostgreSQL, with the adapters that the settings choose for the world outside.

    `ahead` is added to every clock, so that tests can let time pass.
    """
    from eterno.adapters.argon2.passwords import Argon2Passwords
    from eterno.adapters.jinja.stationery import JinjaStationery
    from eterno.adapters.jwt.tokens import JwtTokens
    from eterno.adapters.postgres.books import PostgresBooks
    from eterno.adapters.postgres.changes import PostgresCatalogueChanges
    from eterno.adapters.postgres.figures import PostgresFigures
    from eterno.adapters.postgres.inventory_desk import PostgresInventoryDesk
    from eterno.adapters.postgres.news import OwnNews
    from eterno.adapters.postgres.office_desk import PostgresOfficeDesk
    from eterno.adapters.postgres.shop_window import PostgresShopWindow
    from eterno.adapters.postgres.store import PostgresStore
    from eterno.adapters.postgres.views import (
        PostgresAuditDesk,
        PostgresMessageDesk,
        PostgresOrderDesk,
        PostgresOutboxDesk,
        PostgresShopPulse,
    )
    from eterno.adapters.postgres.workshop import PostgresWorkshop
    from eterno.adapters.system.clock import SystemClock
    from eterno.adapters.system.ids import SystemIds
    from eterno.adapters.system.secret_file import secret_in

    clock = SystemClock(ahead)
    outside = Outside(settings, clock)
    news = OwnNews()
    store = PostgresStore(
        database_uri, connections=settings.database_connections, ahead=ahead, news=news
    )
    notice_store = PostgresStore(
        database_uri, connections=NOTICE_CONNECTIONS, ahead=ahead, news=news
    )
    looking_store = PostgresStore(database_uri, connections=1)
    with closing(store), closing(notice_store), closing(looking_store):
        yield Shop(
            settings=providers.Object(settings),
            store=providers.Object(store),
            notice_store=providers.Object(notice_store),
            payments=providers.Object(outside.payments),
            mailer=providers.Object(outside.mailer),
            media=providers.Object(outside.media),
            stationery=providers.Singleton(JinjaStationery),
            passwords=providers.Singleton(Argon2Passwords),
            tokens=providers.Object(
                JwtTokens(
                    settings.token_keys or [secret_in(settings.data_dir / ADMIN_KEY_FILE)],
                    lifetime=timedelta(minutes=settings.token_minutes),
                    clock=clock,
                )
            ),
            ids=providers.Singleton(SystemIds),
            shop_window=providers.Singleton(PostgresShopWindow, store),
            inventory_desk=providers.Singleton(PostgresInventoryDesk, store),
            catalogue_changes=providers.Singleton(PostgresCatalogueChanges, looking_store, news),
            shop_pulse=providers.Singleton(PostgresShopPulse, notice_store),
            order_desk=providers.Singleton(PostgresOrderDesk, store),
            outbox_desk=providers.Singleton(PostgresOutboxDesk, store),
            message_desk=providers.Singleton(PostgresMessageDesk, store),
            office_desk=providers.Singleton(PostgresOfficeDesk, store),
            clock=providers.Object(clock),
            figures=providers.Singleton(PostgresFigures, store, settings.zone),
            outside=providers.Object(outside),
            audit_desk=providers.Singleton(PostgresAuditDesk, store),
            workshop=providers.Singleton(PostgresWorkshop, store),
            books=providers.Singleton(PostgresBooks, store),
        )


def in_memory(settings: Settings, clock: Clock) -> Shop:
    """The shop on fakes: quick and forgetful, for tests."""
    from eterno.adapters.jinja.stationery import JinjaStationery
    from eterno.adapters.memory.access import MemoryTokens, PlainPasswords
    from eterno.adapters.memory.books import MemoryBooks
    from eterno.adapters.memory.changes import MemoryCatalogueChanges
    from eterno.adapters.memory.figures import MemoryFigures
    from eterno.adapters.memory.mail import MemoryMailer
    from eterno.adapters.memory.media import MemoryMedia
    from eterno.adapters.memory.office_desk import MemoryOfficeDesk
    from eterno.adapters.memory.payments import MemoryPayments
    from eterno.adapters.memory.store import MemoryStore
    from eterno.adapters.memory.views import (
        MemoryAuditDesk,
        MemoryInventoryDesk,
        MemoryMessageDesk,
        MemoryOrderDesk,
        MemoryOutboxDesk,
        MemoryShopPulse,
        MemoryShopWindow,
    )
    from eterno.adapters.memory.workshop import MemoryWorkshop
    from eterno.adapters.system.ids import SystemIds

    store = MemoryStore(clock)
    return Shop(
        settings=providers.Object(settings),
        store=providers.Object(store),
        notice_store=providers.Object(store),
        payments=providers.Singleton(MemoryPayments, clock),
        mailer=providers.Singleton(MemoryMailer),
        media=providers.Singleton(MemoryMedia, clock),
        stationery=providers.Singleton(JinjaStationery),
        passwords=providers.Singleton(PlainPasswords),
        tokens=providers.Singleton(MemoryTokens, clock),
        ids=providers.Singleton(SystemIds),
        shop_window=providers.Singleton(MemoryShopWindow, store),
        inventory_desk=providers.Singleton(MemoryInventoryDesk, store),
        catalogue_changes=providers.Singleton(MemoryCatalogueChanges, store),
        shop_pulse=providers.Singleton(MemoryShopPulse, store),
        order_desk=providers.Singleton(MemoryOrderDesk, store),
        outbox_desk=providers.Singleton(MemoryOutboxDesk, store),
        message_desk=providers.Singleton(MemoryMessageDesk, store),
        office_desk=providers.Singleton(MemoryOfficeDesk, store),
        clock=providers.Object(clock),
        figures=providers.Singleton(MemoryFigures, store, settings.zone),
        audit_desk=providers.Singleton(MemoryAuditDesk, store),
        workshop=providers.Singleton(MemoryWorkshop, store),
        books=providers.Singleton(MemoryBooks, store),
    )
