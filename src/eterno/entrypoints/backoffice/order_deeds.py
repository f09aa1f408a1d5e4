"""What the owner does with an order. Each deed ends on the order's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from litestar import post
from litestar.params import FromPath

from eterno.application.orders.add_note import AddNote
from eterno.application.orders.cancel_order import CancelOrder
from eterno.application.orders.deliver_order import DeliverOrder
from eterno.application.orders.resolve_review import Decision, ResolveReview
from eterno.application.orders.ship_order import Shipment, ShipOrder
from eterno.application.orders.start_production import StartProduction
from eterno.application.ports.views import OrderDesk
from eterno.domain.audit import Actor
from eterno.domain.errors import NotFound, Refusal, Unauthenticated
from eterno.domain.orders import Order
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.orders import address_of, claim_on, order_page
from eterno.entrypoints.backoffice.screens import Page, Screen
from eterno.entrypoints.http.given import Given

Desk = Given[OrderDesk]


@post("/orders/{order:str}/production", sync_to_thread=True)
def start_order(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    start_production: Given[StartProduction],
) -> Page:
    """It is being made or packed."""

    def deed(found: Order) -> str:
        start_production(actor, found.id)
        return "production"

    return _done(screen, order_desk, order, form, deed)


@post("/orders/{order:str}/ship", sync_to_thread=True)
def send_parcel(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    ship_order: Given[ShipOrder],
) -> Page:
    """A parcel leaves the house."""

    def deed(found: Order) -> str:
        shipment = Shipment(
            carrier=form.text("carrier"),
            tracking=form.text("tracking").strip() or None,
            link=form.text("link").strip() or None,
            contents=form.pieces("piece"),
            last=form.ticked("last"),
        )
        ship_order(actor, found.id, shipment)
        return "parcel"

    return _done(screen, order_desk, order, form, deed)


@post("/orders/{order:str}/deliver", sync_to_thread=True)
def arrive(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    deliver_order: Given[DeliverOrder],
) -> Page:
    """It has arrived, or the buyer came for it."""

    def deed(found: Order) -> str:
        deliver_order(actor, found.id)
        return "delivered"

    return _done(screen, order_desk, order, form, deed)


@post("/orders/{order:str}/cancel", sync_to_thread=True)
def cancel(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    cancel_order: Given[CancelOrder],
) -> Page:
    """Its stock is back, its money goes back."""

    def deed(found: Order) -> str:
        return _cancelled(cancel_order(actor, found.id, form.text("reason")))

    return _done(screen, order_desk, order, form, deed)


@post("/orders/{order:str}/note", sync_to_thread=True)
def write_note(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    add_note: Given[AddNote],
) -> Page:
    """For the shop's eyes only."""

    def deed(found: Order) -> str:
        add_note(actor, found.id, form.text("text"))
        return "note"

    return _done(screen, order_desk, order, form, deed)


_DECIDED: Mapping[Decision, str] = {
    Decision.ACCEPT: "accepted",
    Decision.CLOSE: "closed",
}


@post("/orders/{order:str}/review", sync_to_thread=True)
def resolve(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Desk,
    resolve_review: Given[ResolveReview],
) -> Page:
    """What becomes of an order in review."""
    decision = Decision(form.choice("decision", [choice.value for choice in Decision]))

    def deed(found: Order) -> str:
        resolved = resolve_review(actor, found.id, decision, form.text("reason"))
        return _cancelled(resolved) if decision is Decision.REFUND else _DECIDED[decision]

    return _done(screen, order_desk, order, form, deed)


def _cancelled(order: Order) -> str:
    """What to say of an order that is cancelled now."""
    return "cancelled-claimed" if claim_on(order) else "cancelled"


def _done(
    screen: Screen,
    desk: OrderDesk,
    name: str,
    form: Form,
    deed: Callable[[Order], str],
) -> Page:
    """Do it, and lead back to the order with what the deed says then; or show the order with what
    is wrong."""
    found = desk.find(name)
    try:
        said = deed(found)
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        return order_page(screen, desk, name, refusal, form)
    return screen.to(address_of(found), said=said)


ORDER_DEEDS = (start_order, send_parcel, arrive, cancel, write_note, resolve)
