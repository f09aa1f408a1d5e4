"""The Litestar application, put together from the routes and the container."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from eterno.entrypoints.backoffice.office import office_routes
from eterno.entrypoints.container import Shop
from eterno.entrypoints.http.admins import ADMINS
from eterno.entrypoints.http.analytics import ANALYTICS
from eterno.entrypoints.http.bodies import MOST_BYTES, StrictRequest
from eterno.entrypoints.http.catalogue import CATALOGUE
from eterno.entrypoints.http.checkout import Till, check_out
from eterno.entrypoints.http.contact import CONTACT
from eterno.entrypoints.http.docs import DOCS
from eterno.entrypoints.http.edge import Edge
from eterno.entrypoints.http.front_door import front_door
from eterno.entrypoints.http.guards import actor_in, signed_in
from eterno.entrypoints.http.health import live, ready
from eterno.entrypoints.http.inventory import INVENTORY
from eterno.entrypoints.http.openapi import openapi_config
from eterno.entrypoints.http.order_page import ORDER_PAGE
from eterno.entrypoints.http.order_sheet import ORDER_SHEET
from eterno.entrypoints.http.orders import ORDERS
from eterno.entrypoints.http.pages import asset
from eterno.entrypoints.http.pictures import PICTURES
from eterno.entrypoints.http.privacy import PRIVACY
from eterno.entrypoints.http.problems import EXCEPTION_HANDLERS
from eterno.entrypoints.http.sandbox import sandbox_routes
from eterno.entrypoints.http.showcase import Showcase
from eterno.entrypoints.http.variants import VARIANTS
from eterno.entrypoints.http.webhooks import NoticeDesk, hear_notice
from eterno.entrypoints.http.window import WINDOW
from eterno.entrypoints.http.workshop import WORKSHOP
from eterno.entrypoints.logs import AccessLog, log_access
from eterno.entrypoints.metrics import Meters
from eterno.entrypoints.outside import Outside, Port

WAITING_FOR_A_THREAD = 4
"""For each thread, so many requests may be under way; beyond that the shop says that it is busy."""
VERSION = "0.1.0"

INJECTED = (
    "settings",
    "store",
    "shop_window",
    "media",
    "notice_store",
    "identify",
    "request_upload",
    "send_message",
    "message_desk",
    "sign_in",
    "create_admin",
    "change_password",
    "sign_out_everywhere",
    "disable_admin",
    "audit_desk",
    "add_product",
    "edit_product",
    "remove_product",
    "sort_product",
    "add_categories",
    "edit_category",
    "remove_category",
    "add_variant",
    "edit_variant",
    "remove_variant",
    "count_stock",
    "receive_delivery",
    "correct_stock",
    "inventory_desk",
    "workshop",
    "shop_facts",
    "export_buyer",
    "erase_buyer",
    "order_desk",
    "place_manual_order",
    "start_production",
    "ship_order",
    "deliver_order",
    "cancel_order",
    "add_note",
    "resolve_review",
    "refund_order",
    "show_to_buyer",
    "figures",
    "zone",
    "tell_sales",
    "rank_goods",
    "view_stock",
    "tell_checkouts",
    "tell_customers",
    "tell_service",
    "compare_cash",
    "set_unit_cost",
    "office_desk",
    "outbox_desk",
    "retry_task",
    "bring_picture",
    "ids",
    "clock",
)
"""What handlers may ask for by name; each is a provider of the container."""


HANDLERS = (
    front_door,
    asset,
    *WINDOW,
    check_out,
    *ORDERS,
    *ORDER_SHEET,
    *ORDER_PAGE,
    *WORKSHOP,
    hear_notice,
    *CATALOGUE,
    *VARIANTS,
    *INVENTORY,
    *ANALYTICS,
    *PICTURES,
    *CONTACT,
    *PRIVACY,
    *ADMINS,
    live,
    ready,
)
"""Given to the app as one router: of two handlers with one path given one by one, Litestar 2.25
registers the first twice, and so wraps it twice for the thread pool."""


def create_app(
    shop: Shop, *, access: AccessLog = log_access, meters: Meters | None = None
) -> ASGIApp:
    """The shop over HTTP, with whatever the container is filled with."""
    meters = meters or Meters()
    return behind_the_edge(litestar_app(shop, meters), shop, access=access, meters=meters)


def behind_the_edge(app: ASGIApp, shop: Shop, *, access: AccessLog, meters: Meters) -> ASGIApp:
    """The app, after what every request passes first and whatever is answered from memory."""
    settings = shop.settings()
    showcase = Showcase(
        app, shop.catalogue_changes(), shop.media().url, unpaged=settings.products_unpaged_max
    )
    return Edge(
        showcase,
        origins=settings.origins,
        hsts=settings.is_production,
        at_hand=showcase.at_hand,
        access=access,
        meters=meters,
        most=WAITING_FOR_A_THREAD * settings.threads,
    )


def litestar_app(shop: Shop, meters: Meters | None = None) -> Litestar:
    """All the routes, without what every request passes before them."""
    docs = DOCS if shop.settings().has_docs else ()
    pages = _sandbox_pages(shop.outside())
    office = office_routes(
        shop.settings(), shop.media(), is_sandbox=_moves_no_money(shop.outside())
    )
    return Litestar(
        [Router("/", route_handlers=[*HANDLERS, *docs, *pages, office])],
        dependencies={
            **parts_of(shop, meters or Meters()),
            "actor": Provide(actor_in, sync_to_thread=False),
        },
        guards=[signed_in],
        state=State({"identify": shop.identify()}),
        exception_handlers=EXCEPTION_HANDLERS,  # type: ignore[arg-type]  # Litestar's map is a dict
        request_class=StrictRequest,
        request_max_body_size=MOST_BYTES,
        openapi_config=openapi_config(VERSION),
        logging_config=None,
        debug=False,
    )


def parts_of(shop: Shop, meters: Meters) -> dict[str, Provide]:
    """Whatever handlers may ask for that is the same for every request, by name."""
    till = Till.of(shop.place_order(), shop.settings(), meters)
    notice_desk = NoticeDesk(shop.settle_payment(), meters)
    return {
        **{name: Part(getattr(shop, name)()) for name in INJECTED},
        "till": Part(till),
        "notice_desk": Part(notice_desk),
        "stand_ins": Part(_stand_ins(shop.outside())),
        **_sandbox_parts(shop.outside()),
    }


class Part(Provide):
    """Gives what it was made with."""

    def __init__(self, value: object) -> None:
        def give() -> Any:
            return value

        super().__init__(give, sync_to_thread=False)

    __eq__ = object.__eq__
    """Litestar compares each with each, for every route; by what they give, that takes long."""
    __hash__ = object.__hash__


def _moves_no_money(outside: Outside | None) -> bool:
    return outside is not None and outside.stands_in_for("payments")


def _stand_ins(outside: Outside | None) -> frozenset[Port]:
    return outside.stand_ins if outside else frozenset()


def _sandbox_pages(outside: Outside | None) -> Sequence[Any]:
    if outside is None:
        return ()
    return sandbox_routes(
        payments=outside.stands_in_for("payments"),
        mail=outside.stands_in_for("mail"),
        media=outside.stands_in_for("media"),
    )


def _sandbox_parts(outside: Outside | None) -> dict[str, Provide]:
    if outside is None:
        return {}
    return {
        "sandbox_payments": Part(
            outside.sandbox.payments if outside.stands_in_for("payments") else None
        ),
        "sandbox_mailbox": Part(outside.sandbox.mailbox if outside.stands_in_for("mail") else None),
        "sandbox_media": Part(outside.sandbox.media if outside.stands_in_for("media") else None),
    }
