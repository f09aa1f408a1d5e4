"""Orders: finding one, and seeing all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import FromPath

from eterno.application.ports.views import OrderDesk, OrderQuery
from eterno.domain import fulfilment
from eterno.domain.calendar import midnight
from eterno.domain.errors import Invalid, Refusal
from eterno.domain.orders import NEXT, SOLD, Order, OrderState
from eterno.domain.refunds import Disputed, left_of
from eterno.entrypoints.backoffice.asking import day_of, id_of
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.screens import HOME, Page, Screen, complaint, status_for
from eterno.entrypoints.http.given import Given

AT_ONCE = 30
LONGEST_SEARCH = 200
CARRIERS = ("USPS", "UPS", "FedEx", "DHL", "Canada Post")
"""What the form offers; any other may be written."""


@get("/orders", sync_to_thread=True)
def list_orders(screen: Given[Screen], asked: Given[Form], order_desk: Given[OrderDesk]) -> Page:
    """Those that fit, the newest first, page by page."""
    try:
        query = _query(asked, screen.house.zone)
    except Invalid as refusal:
        facts = {"orders": (), "more": None, **complaint(refusal, asked)}
        return screen.page("orders.html", facts, status=status_for(refusal))
    orders = order_desk.search(query)
    more = orders[-1].id if len(orders) == query.most else None
    return screen.page("orders.html", {"orders": orders, "more": more, "typed": asked})


@get("/orders/{order:str}", sync_to_thread=True)
def show_order(order: FromPath[str], screen: Given[Screen], order_desk: Given[OrderDesk]) -> Page:
    """All of one order: what was bought, where it stands, what can be done, what happened."""
    return order_page(screen, order_desk, order)


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """What can be done with an order now."""

    make: bool
    ship: bool
    deliver: bool
    cancel: bool
    decide: bool

    @classmethod
    def of(cls, order: Order) -> Possible:
        after = NEXT[order.state]
        return cls(
            make=OrderState.IN_PRODUCTION in after,
            ship=OrderState.SHIPPED in after,
            deliver=OrderState.DELIVERED in after
            and (not order.parcels or order.state is OrderState.SHIPPED),
            cancel=OrderState.CANCELLED in after
            and not order.parcels
            and order.state is not OrderState.REVIEW,
            decide=order.state is OrderState.REVIEW,
        )


def order_page(
    screen: Screen,
    desk: OrderDesk,
    name: str,
    refusal: Refusal | None = None,
    typed: Form | None = None,
) -> Page:
    """The page of one order; with the refusal of what was just tried, if there is one.

    Raises `NotFound`.
    """
    order = desk.find(name)
    refunds = desk.refunds(order.id)
    to_send = fulfilment.to_send(order, refunds)
    facts: Mapping[str, object] = {
        "order": order,
        "here": address_of(order),
        "refunds": refunds,
        "left": left_of(order, refunds),
        "claim": claim_on(order),
        "timeline": list(reversed(desk.timeline(order.id))),
        "possible": Possible.of(order),
        "unsent": [(line, to_send.get(line.variant_id, 0)) for line in order.lines],
        "names": names_of(order),
        "sold": order.state in SOLD,
        "carriers": CARRIERS,
        **complaint(refusal, typed),
    }
    return screen.page("order.html", facts, status=status_for(refusal))


def address_of(order: Order) -> str:
    """Where its page is: by its number once it has one."""
    return f"{HOME}/orders/{order.number or order.id}"


def claim_on(order: Order) -> str:
    """Why its money cannot be given back, though it was paid; nothing if it can."""
    dispute = order.dispute
    return Disputed(dispute).detail if dispute and dispute.claims_money else ""


def names_of(order: Order) -> Mapping[int, str]:
    """What its variants were called when it was bought."""
    return {line.variant_id: f"{line.product_name}, {line.variant_label}" for line in order.lines}


def _query(asked: Form, zone: ZoneInfo) -> OrderQuery:
    since, until = (day_of(asked.text(name), name) for name in ("from", "to"))
    return OrderQuery(
        state=_state(asked.text("state")),
        text=asked.text("text")[:LONGEST_SEARCH],
        since=midnight(since, zone) if since else None,
        until=midnight(until + timedelta(days=1), zone) if until else None,
        after=id_of(asked.text("after")),
        most=AT_ONCE,
    )


def _state(text: str) -> OrderState | None:
    try:
        return OrderState(text) if text else None
    except ValueError:
        raise Invalid.field("state", "there is no such state") from None


ORDERS = (list_orders, show_order)
