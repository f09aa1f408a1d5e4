"""What to make, to fetch and to pack: as JSON, and as pages to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from itertools import groupby
from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.params import FromQuery, QueryParameter
from msgspec import Meta, Struct

from eterno.application.letters.order_letters import ShopFacts
from eterno.application.ports.store import Store
from eterno.application.ports.views import OrderDesk
from eterno.application.ports.workshop import MOST_OPEN, Workshop
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.make_list import (
    OpenOrder,
    Wanted,
    day_of,
    due_by,
    make_list,
    pick_list,
)
from eterno.domain.orders import Address, Order, OrderLine
from eterno.domain.parcels import MOST_PARCELS
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.order_page import NOT_STORED
from eterno.entrypoints.http.orders import Desk, Name
from eterno.entrypoints.http.paper import paper
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.settings import Settings

Until = FromQuery[
    Annotated[
        str,
        QueryParameter(name="until", description="Only what is promised for this day or earlier."),
    ]
]


class PiecesForOut(Struct, frozen=True):
    order: Annotated[int, Meta(description="The order's number.")]
    pieces: int


class WantedOut(Struct, frozen=True, kw_only=True):
    """Pieces of one variant that are sold and not sent."""

    due: Annotated[date | None, Meta(description="When they are promised, by the shop's calendar.")]
    variant_id: int
    sku: str
    name: str
    label: str
    pieces: int
    orders: list[PiecesForOut]


class MakeListOut(Struct, frozen=True):
    """What to make: what is due first comes first."""

    lines: list[WantedOut]
    more: Annotated[bool, Meta(description="Whether there are more open orders than were read.")]


@get(
    "/make-list",
    summary="What to make",
    tags=["Orders"],
    sync_to_thread=True,
    response_headers=NOT_STORED,
)
def show_make_list(
    workshop: Given[Workshop], settings: Given[Settings], until: Until = ""
) -> MakeListOut:
    """Pieces that are sold and have not left the house, by the day they are promised for and by
    variant. What was paid back before it was sent is not made."""
    orders, more = _open(workshop, settings, _day(until))
    return MakeListOut([wanted_out(one) for one in make_list(orders, settings.zone)], more)


@get(
    "/make-list.html",
    summary="What to make, to print",
    tags=["Orders"],
    sync_to_thread=True,
    media_type=MediaType.HTML,
)
def print_make_list(
    workshop: Given[Workshop], store: Given[Store], settings: Given[Settings], until: Until = ""
) -> Response[str]:
    """The same as `GET /make-list`, as a page for the wall of the workshop."""
    return make_list_page(workshop, store, settings, until)


def make_list_page(
    workshop: Workshop, store: Store, settings: Settings, until: str
) -> Response[str]:
    """What to make until that day, for paper. Raises `Invalid`."""
    orders, more = _open(workshop, settings, _day(until))
    days = groupby(make_list(orders, settings.zone), key=lambda one: one.due)
    facts = {"days": [(due, list(lines)) for due, lines in days]}
    return _list("make_list", store, settings, _day(until), more, facts)


@get(
    "/pick-list.html",
    summary="What to fetch and pack",
    tags=["Orders"],
    sync_to_thread=True,
    media_type=MediaType.HTML,
)
def print_pick_list(
    workshop: Given[Workshop], store: Given[Store], settings: Given[Settings], until: Until = ""
) -> Response[str]:
    """A page to take along: what to fetch from the shelf, and which order gets what of it."""
    return pick_list_page(workshop, store, settings, until)


def pick_list_page(
    workshop: Workshop, store: Store, settings: Settings, until: str
) -> Response[str]:
    """What to fetch and pack until that day, for paper. Raises `Invalid`."""
    orders, more = _open(workshop, settings, _day(until))
    facts = {
        "lines": pick_list(orders, settings.zone),
        "orders": [_to_pack(one, settings.zone) for one in orders if one.lines],
    }
    return _list("pick_list", store, settings, _day(until), more, facts)


@get(
    "/orders/{order:str}/packing-slip.html",
    summary="What goes with a parcel",
    tags=["Orders"],
    sync_to_thread=True,
    media_type=MediaType.HTML,
)
def print_packing_slip(
    order: Name,
    order_desk: Desk,
    settings: Given[Settings],
    shop_facts: Given[ShopFacts],
    parcel: FromQuery[
        Annotated[
            str,
            QueryParameter(
                description="Which of its parcels, counted from 1. Without it, what is still to be"
                " sent, or all of an order that has nothing left to send."
            ),
        ]
    ] = "",
) -> Response[str]:
    """A page for the buyer, to lie in her parcel: what is in it and for whom, and no prices."""
    return packing_slip(order_desk, order, parcel, settings, shop_facts)


def packing_slip(
    order_desk: OrderDesk, order: str, parcel: str, settings: Settings, shop_facts: ShopFacts
) -> Response[str]:
    """What goes with one of its parcels, or with the next one, for paper.

    Raises `NotFound` and `Invalid`.
    """
    found = order_desk.find(order)
    number = whole(parcel, "parcel", most=MOST_PARCELS) if parcel else None
    facts = {
        "number": found.number or "not paid yet",
        "paid_on": day_of(found.paid_at, settings.zone),
        "address": _address_of(found),
        "lines": _contents(found, number, order_desk),
        "policy": shop_facts.policy,
        "contact": settings.to_email,
        **_parcel_facts(found, number),
    }
    return paper("packing_slip", settings.shop_name, facts)


WORKSHOP = [show_make_list, print_make_list, print_pick_list, print_packing_slip]


def wanted_out(wanted: Wanted) -> WantedOut:
    return WantedOut(
        due=wanted.due,
        variant_id=wanted.variant_id,
        sku=wanted.sku,
        name=wanted.product_name,
        label=wanted.variant_label,
        pieces=wanted.pieces,
        orders=[PiecesForOut(number, pieces) for number, pieces in wanted.orders.items()],
    )


def _open(
    workshop: Workshop, settings: Settings, until: date | None
) -> tuple[Sequence[OpenOrder], bool]:
    """The open orders that were asked for, and whether there are more than were read."""
    orders = workshop.open_orders(most=MOST_OPEN + 1)
    read = orders[:MOST_OPEN]
    return due_by(read, until, settings.zone) if until else read, len(orders) > MOST_OPEN


def _list(
    template: str,
    store: Store,
    settings: Settings,
    until: date | None,
    more: bool,
    facts: dict[str, Any],
) -> Response[str]:
    with store.begin() as work:
        today = day_of(work.now, settings.zone)
    common = {
        "today": today,
        "until": until,
        "more": more,
        "most": MOST_OPEN,
    }
    return paper(template, settings.shop_name, {**common, **facts})


def _to_pack(one: OpenOrder, zone: tzinfo) -> dict[str, object]:
    return {
        "number": one.order.number,
        "address": _address_of(one.order),
        "due": day_of(one.order.promised_by, zone),
        "lines": one.lines,
    }


def _contents(order: Order, parcel: int | None, desk: OrderDesk) -> Sequence[tuple[OrderLine, int]]:
    """Raises `NotFound` for a parcel that there is not."""
    if parcel is None:
        left = OpenOrder(order=order, refunds=desk.refunds(order.id)).lines
        return left or [(line, line.quantity) for line in order.lines]
    if parcel > len(order.parcels):
        raise NotFound("Parcel", parcel)
    contents = order.parcels[parcel - 1].contents
    return [
        (line, contents[line.variant_id]) for line in order.lines if line.variant_id in contents
    ]


def _parcel_facts(order: Order, number: int | None) -> dict[str, object]:
    sent = order.parcels[number - 1] if number else None
    return {
        "parcel": number,
        "parcels": len(order.parcels),
        "carrier": sent.carrier if sent else None,
        "tracking": sent.tracking if sent else None,
    }


def _address_of(order: Order) -> Address | None:
    return order.buyer.ship_to if order.buyer else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid.field("until", "a day such as 2026-03-01") from None
