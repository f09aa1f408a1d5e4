"""Orders, for admins. Beneath `/orders/{order}/…` an order goes by its number, id or token."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter, QueryParameter

from eterno.application.idempotency import KeyReused
from eterno.application.orders.add_note import AddNote
from eterno.application.orders.call_off import NotCounted
from eterno.application.orders.cancel_order import CancelOrder
from eterno.application.orders.deliver_order import DeliverOrder
from eterno.application.orders.place_manual_order import PlaceManualOrder
from eterno.application.orders.refund_order import RefundOrder
from eterno.application.orders.resolve_review import ResolveReview
from eterno.application.orders.ship_order import ShipOrder
from eterno.application.orders.start_production import StartProduction
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.application.ports.views import OrderDesk, OrderQuery
from eterno.domain.audit import Actor
from eterno.domain.errors import Conflict, Invalid, NotFound
from eterno.domain.fulfilment import NotPossibleNow
from eterno.domain.inventory import OutOfStock
from eterno.domain.money import Currency
from eterno.domain.orders import OrderState
from eterno.domain.refunds import Disputed, RefundTooLarge
from eterno.entrypoints.http.checkout import IdempotencyKey
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.order_bodies import (
    CancelIn,
    ManualOrderIn,
    NoteIn,
    RefundIn,
    ReviewIn,
    ShipIn,
    sale_of,
    shipment_of,
    wish_of,
)
from eterno.entrypoints.http.order_page import NOT_STORED
from eterno.entrypoints.http.order_wire import (
    OrderDetailsOut,
    OrdersOut,
    RefundOut,
    details_out,
    order_out,
    refund_out,
)
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.settings import Settings

MOST_SHOWN = 100
LONGEST_SEARCH = 200

Desk = Given[OrderDesk]
Name = FromPath[Annotated[str, PathParameter(description="Its number, id or token.")]]


def _query(description: str, name: str | None = None) -> QueryParameter:
    return QueryParameter(name=name, description=description)


State = FromQuery[Annotated[str, _query("Only those in this state.", "state")]]
Words = FromQuery[Annotated[str, _query("Number, e-mail address, words of the name.")]]
Since = FromQuery[Annotated[str, _query("Placed on this day or later.", "from")]]
Before = FromQuery[Annotated[str, _query("Placed before this day.", "to")]]


@get("/orders", summary="Orders", tags=["Orders"], sync_to_thread=True, response_headers=NOT_STORED)
def list_orders(
    order_desk: Desk,
    standing: State = "",
    text: Words = "",
    since: Since = "",
    until: Before = "",
    after: FromQuery[Annotated[str, _query("`next` of the page before.")]] = "",
    limit: FromQuery[Annotated[str, _query("1 to 100.")]] = "50",
) -> OrdersOut:
    """Orders that fit, the newest first, page by page. Days are ISO 8601, in UTC if they do not say
    otherwise."""
    query = query_of(standing, text, since, until)
    query = replace(query, after=_id(after), most=_limit(limit))
    orders = order_desk.search(query)
    more = orders[-1].id if len(orders) == query.most else None
    return OrdersOut([order_out(order) for order in orders], more)


@get(
    "/orders/{order:str}/details",
    summary="One order, whole",
    tags=["Orders"],
    sync_to_thread=True,
    response_headers=NOT_STORED,
)
def show_order(order: Name, order_desk: Desk) -> OrderDetailsOut:
    """An order with its refunds and its timeline."""
    return _details(order_desk, order_desk.find(order).id)


@post(
    "/orders",
    status_code=201,
    summary="Sell by hand",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotFound, OutOfStock, KeyReused),
)
def take_order(
    data: JSONBody[ManualOrderIn],
    actor: Given[Actor],
    place_manual_order: Given[PlaceManualOrder],
    order_desk: Desk,
    settings: Given[Settings],
    idempotency_key: IdempotencyKey = None,
) -> OrderDetailsOut:
    """Write down a sale at the counter or on the phone, paid by hand, at the catalogue's prices."""
    sale = sale_of(data, Currency(settings.currency))
    return _details(order_desk, place_manual_order(actor, sale, key=idempotency_key).id)


@post(
    "/orders/{order:str}/production",
    status_code=200,
    summary="Begin to make it",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotPossibleNow),
)
def start_order(
    order: Name, actor: Given[Actor], start_production: Given[StartProduction], order_desk: Desk
) -> OrderDetailsOut:
    """Note that a paid order is being made or packed. Saying so twice is harmless."""
    return _details(order_desk, start_production(actor, order_desk.find(order).id).id)


@post(
    "/orders/{order:str}/ship",
    status_code=200,
    summary="Send a parcel",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotPossibleNow),
)
def send_parcel(
    order: Name,
    data: JSONBody[ShipIn],
    actor: Given[Actor],
    ship_order: Given[ShipOrder],
    order_desk: Desk,
) -> OrderDetailsOut:
    """Note a parcel and write to the buyer. With the last piece the order is shipped. A parcel with
    a tracking number may be sent to us twice."""
    return _details(order_desk, ship_order(actor, order_desk.find(order).id, shipment_of(data)).id)


@post(
    "/orders/{order:str}/deliver",
    status_code=200,
    summary="It has arrived",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotPossibleNow),
)
def arrive(
    order: Name, actor: Given[Actor], deliver_order: Given[DeliverOrder], order_desk: Desk
) -> OrderDetailsOut:
    """Note that an order has arrived, or that the buyer came for it. Twice is harmless."""
    return _details(order_desk, deliver_order(actor, order_desk.find(order).id).id)


@post(
    "/orders/{order:str}/cancel",
    status_code=200,
    summary="Cancel it",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotCounted, NotPossibleNow, PaymentsUnavailable),
)
def cancel(
    order: Name,
    data: JSONBody[CancelIn],
    actor: Given[Actor],
    cancel_order: Given[CancelOrder],
    order_desk: Desk,
) -> OrderDetailsOut:
    """Call off an order of which nothing was sent: its stock is back, its money goes back."""
    return _details(order_desk, cancel_order(actor, order_desk.find(order).id, data.reason).id)


@post(
    "/orders/{order:str}/notes",
    status_code=201,
    summary="Write a note",
    tags=["Orders"],
    sync_to_thread=True,
)
def write_note(
    order: Name,
    data: JSONBody[NoteIn],
    actor: Given[Actor],
    add_note: Given[AddNote],
    order_desk: Desk,
) -> OrderDetailsOut:
    """A note in the timeline, for the shop only."""
    return _details(order_desk, add_note(actor, order_desk.find(order).id, data.text).id)


@post(
    "/orders/{order:str}/review",
    status_code=200,
    summary="Decide about it",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(NotPossibleNow, NotCounted, Conflict),
)
def resolve(
    order: Name,
    data: JSONBody[ReviewIn],
    actor: Given[Actor],
    resolve_review: Given[ResolveReview],
    order_desk: Desk,
) -> OrderDetailsOut:
    """Take an order out of review: sold for what came, or cancelled and given back."""
    id = order_desk.find(order).id
    return _details(order_desk, resolve_review(actor, id, data.decision, data.reason).id)


@post(
    "/orders/{order:str}/refunds",
    status_code=201,
    summary="Give money back",
    tags=["Orders"],
    sync_to_thread=True,
    opt=refuses(RefundTooLarge, Disputed, KeyReused),
)
def refund(
    order: Name,
    data: JSONBody[RefundIn],
    actor: Given[Actor],
    refund_order: Given[RefundOrder],
    order_desk: Desk,
    idempotency_key: IdempotencyKey = None,
) -> RefundOut:
    """Ask for a refund. Never more than was paid, with those on their way counted."""
    found = order_desk.find(order)
    wish = wish_of(data, found.currency)
    return refund_out(refund_order(actor, found.id, wish, key=idempotency_key))


ORDERS = [
    list_orders,
    show_order,
    take_order,
    start_order,
    send_parcel,
    arrive,
    cancel,
    write_note,
    resolve,
    refund,
]


def query_of(standing: str, text: str, since: str, until: str) -> OrderQuery:
    """The orders that these terms ask for. Raises `Invalid`."""
    return OrderQuery(
        state=_state(standing),
        text=text[:LONGEST_SEARCH],
        since=_moment(since, "from"),
        until=_moment(until, "to"),
    )


def _details(desk: OrderDesk, id: UUID) -> OrderDetailsOut:
    return details_out(desk.find(str(id)), desk.refunds(id), desk.timeline(id))


def _state(text: str) -> OrderState | None:
    try:
        return OrderState(text) if text else None
    except ValueError:
        names = ", ".join(state.value for state in OrderState)
        raise Invalid.field("state", f"one of {names}") from None


def _moment(text: str, field: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text) if text else None
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC) if at else None
    except (ValueError, OverflowError):
        raise Invalid.field(field, "a day such as 2026-03-01") from None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Invalid.field("after", "`next` of the page before") from None


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST_SHOWN):
        raise Invalid.field("limit", f"1 to {MOST_SHOWN}")
    return int(text)
