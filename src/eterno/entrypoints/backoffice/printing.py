"""What the owner prints: the API's own papers, behind the office's door."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath

from eterno.application.letters.order_letters import ShopFacts
from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderDesk
from eterno.application.ports.workshop import Workshop
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import Page
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.workshop import make_list_page, packing_slip, pick_list_page
from eterno.entrypoints.settings import Settings


@get("/orders/{order:str}/slip", sync_to_thread=True)
def print_slip(
    order: FromPath[str],
    asked: Given[Form],
    order_desk: Given[OrderDesk],
    settings: Given[Settings],
    shop_facts: Given[ShopFacts],
) -> Page:
    """What lies in the parcel."""
    return packing_slip(order_desk, order, asked.text("parcel"), settings, shop_facts)


@get("/make-list", sync_to_thread=True)
def print_make_list(
    asked: Given[Form], workshop: Given[Workshop], store: Given[Store], settings: Given[Settings]
) -> Page:
    """What to make, by the day it is promised for."""
    return make_list_page(workshop, store, settings, asked.text("until"))


@get("/pick-list", sync_to_thread=True)
def print_pick_list(
    asked: Given[Form], workshop: Given[Workshop], store: Given[Store], settings: Given[Settings]
) -> Page:
    """What to fetch from the shelf, and which order gets what of it."""
    return pick_list_page(workshop, store, settings, asked.text("until"))


PRINTING = (print_slip, print_make_list, print_pick_list)
