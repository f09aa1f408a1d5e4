"""What a buyer sees of her order: public, by a name that only she knows."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.datastructures import ResponseHeader
from litestar.params import FromPath

from eterno.application.orders.show_to_buyer import ShowToBuyer
from eterno.domain.errors import TooMany
from eterno.entrypoints.http.clients import client_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.order_wire import BuyersOrderOut, buyers_order_out
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.settings import Settings

NOT_STORED = [ResponseHeader(name="Cache-Control", value="no-store")]
"""For answers about one person's order."""


@get(
    "/orders/{token:str}",
    summary="A buyer's order",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC | refuses(TooMany),
    response_headers=NOT_STORED,
)
def show_order_to_buyer(
    token: FromPath[str],
    request: Request[Any, Any, Any],
    show_to_buyer: Given[ShowToBuyer],
    settings: Given[Settings],
) -> BuyersOrderOut:
    """How far an order is. Its token, which stands in the buyer's letters, is all that is needed;
    numbers and ids are not taken here."""
    client = client_of(request.scope, settings.proxies)
    return buyers_order_out(show_to_buyer.by_token(token, client=client))


@get(
    "/checkout/sessions/{session_id:str}",
    summary="The order of a payment session",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC | refuses(TooMany),
    response_headers=NOT_STORED,
)
def show_checkout(
    session_id: FromPath[str],
    request: Request[Any, Any, Any],
    show_to_buyer: Given[ShowToBuyer],
    settings: Given[Settings],
) -> BuyersOrderOut:
    """For the page to which a buyer returns from paying, by the `session_id` in its address. It
    only tells: a payment may be heard of a moment later."""
    client = client_of(request.scope, settings.proxies)
    return buyers_order_out(show_to_buyer.by_session(session_id, client=client))


ORDER_PAGE = [show_order_to_buyer, show_checkout]
