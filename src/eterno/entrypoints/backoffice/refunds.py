"""Giving money back: first how much it would be, then the deed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath

from eterno.application.orders.refund_order import RefundOrder
from eterno.application.ports.system import Ids
from eterno.application.ports.views import OrderDesk
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid, NotFound, Refusal, Unauthenticated
from eterno.domain.money import Currency, Money
from eterno.domain.orders import SOLD, Order
from eterno.domain.refunds import Refund, RefundWish, left_of, returnable, unrefunded, wanted
from eterno.entrypoints.backoffice.forms import Form
from eterno.entrypoints.backoffice.orders import address_of, claim_on, names_of
from eterno.entrypoints.backoffice.screens import Page, Screen, complaint, status_for
from eterno.entrypoints.http.given import Given

KINDS = ("all", "pieces", "amount")
_NOBODY = UUID(int=0)


@get("/orders/{order:str}/refund", sync_to_thread=True)
def preview_refund(
    order: FromPath[str],
    screen: Given[Screen],
    asked: Given[Form],
    order_desk: Given[OrderDesk],
    ids: Given[Ids],
) -> Page:
    """What may go back, and, once it is said what for, how much that is. Nothing happens here."""
    found = order_desk.find(order)
    refunds = order_desk.refunds(found.id)
    refund, refusal = None, None
    if asked.text("kind"):
        try:
            refund = _previewed(found, refunds, wish_of(asked, found.currency))
        except Refusal as reason:
            refusal = reason
    return _page(screen, found, refunds, asked, refund, refusal, key=f"office-{ids.new()}")


@post("/orders/{order:str}/refund", sync_to_thread=True)
def give_back(
    order: FromPath[str],
    screen: Given[Screen],
    form: Given[Form],
    actor: Given[Actor],
    order_desk: Given[OrderDesk],
    refund_order: Given[RefundOrder],
) -> Page:
    """Ask for the refund that was shown. The form's key makes pressing twice harmless."""
    found = order_desk.find(order)
    try:
        wish = wish_of(form, found.currency)
        refund_order(actor, found.id, wish, key=form.text("key") or None)
    except (NotFound, Unauthenticated):
        raise
    except Refusal as refusal:
        refunds = order_desk.refunds(found.id)
        return _page(screen, found, refunds, form, None, refusal, key=form.text("key"))
    return screen.to(address_of(found), said="refunding")


def wish_of(form: Form, currency: Currency) -> RefundWish:
    """What the form asks to give back. Raises `Invalid`."""
    kind = form.choice("kind", KINDS)
    pieces = {} if kind == "all" else form.pieces("piece")
    shipping = _shipping(form, currency) if kind == "pieces" else None
    if kind == "pieces" and not pieces and shipping is None:  # else it would be for everything
        raise Invalid.field("lines", "say which pieces, or how much of the delivery")
    return RefundWish(
        amount=form.amount("amount", currency) if kind == "amount" else None,
        pieces=pieces,
        shipping=shipping,
        restock=form.ticked("restock"),
        reason=form.text("reason"),
    )


def _shipping(form: Form, currency: Currency) -> Money | None:
    text = form.text("shipping").strip()
    return form.amount("shipping", currency) if text.strip("0.,") else None


def _previewed(order: Order, refunds: Sequence[Refund], wish: RefundWish) -> Refund:
    return wanted(order, refunds, wish, id=_NOBODY, at=order.created_at, by=None)


def _page(
    screen: Screen,
    order: Order,
    refunds: Sequence[Refund],
    typed: Form,
    refund: Refund | None,
    refusal: Refusal | None,
    *,
    key: str,
) -> Page:
    open_pieces = unrefunded(order, refunds)
    gone = sum((r.shipping for r in refunds if r.counts), Money.zero(order.currency))
    facts = {
        "order": order,
        "here": address_of(order),
        "left": left_of(order, refunds),
        "claim": claim_on(order),
        "pieces": [(line, open_pieces.get(line.variant_id, 0)) for line in order.lines],
        "names": names_of(order),
        "shipping_left": order.shipping - gone,
        "can_restock": order.state in SOLD and bool(returnable(order, refunds)),
        "refund": refund,
        "key": key,
        **complaint(refusal, typed),
    }
    return screen.page("refund.html", facts, status=status_for(refusal))


REFUNDS = (preview_refund, give_back)
