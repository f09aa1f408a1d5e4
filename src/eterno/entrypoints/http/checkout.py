"""Buying: from a basket to the address of the payment page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.params import FromHeader, HeaderParameter, JSONBody
from msgspec import Meta, Struct

from eterno.application.checkout.hold_orders import NOTHING_DONE, Wish
from eterno.application.checkout.place_order import Page, PlaceOrder
from eterno.application.idempotency import KeyReused
from eterno.application.ports.payments import PaymentsUnavailable
from eterno.domain.basket import Basket, PriceChanged
from eterno.domain.errors import NotFound, TooMany
from eterno.domain.inventory import OutOfStock
from eterno.domain.money import Currency
from eterno.domain.orders import NotPayable, Order
from eterno.entrypoints.http.clients import client_of
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.http.together import Together
from eterno.entrypoints.metrics import Meters
from eterno.entrypoints.settings import Settings


class ItemIn(Struct, forbid_unknown_fields=True):
    """A line of the basket."""

    id: Annotated[int, Meta(description="The variant.", examples=[1])]
    quantity: Annotated[int, Meta(description="1 to 99.", examples=[2])]
    price: Annotated[
        float, Meta(description="What the visitor was shown; never charged more.", examples=[8.99])
    ]
    productId: Annotated[Any, Meta(description="Ignored.")] = None
    name: Annotated[Any, Meta(description="Ignored: ours is used.")] = None


class BasketIn(Struct, forbid_unknown_fields=True):
    """What the visitor wants to buy."""

    items: Annotated[list[ItemIn], Meta(description="1 to 100 lines.")]


class CheckoutOut(Struct, frozen=True):
    """Where to send the visitor to pay."""

    url: str


@dataclass(frozen=True, slots=True)
class Till:
    """What a checkout needs of the house, given in one piece: where a handler asks for several,
    Litestar begins a task for each, which costs the request 60 µs.

    Buyers who come at the same moment are served together.
    """

    place_order: PlaceOrder
    hold: Together[Wish, Order]
    remember: Together[Page, str]
    settings: Settings
    meters: Meters

    @classmethod
    def of(cls, place_order: PlaceOrder, settings: Settings, meters: Meters) -> Till:
        hold = Together[Wish, Order](place_order.hold, nothing_done=NOTHING_DONE)
        remember = Together[Page, str](place_order.remember)
        return cls(place_order, hold, remember, settings, meters)


IdempotencyKey = FromHeader[
    Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="The same key with the same basket gives the same answer, however often.",
        ),
    ]
]


@post(
    "/api/checkout",
    status_code=200,
    summary="Check out",
    tags=["Shop"],
    opt=PUBLIC
    | refuses(
        NotFound, OutOfStock, PriceChanged, KeyReused, NotPayable, TooMany, PaymentsUnavailable
    ),
)
async def check_out(
    data: JSONBody[BasketIn],
    request: Request[Any, Any, Any],
    till: Given[Till],
    idempotency_key: IdempotencyKey = None,
) -> CheckoutOut:
    """Hold the stock, write the order, and answer the address of its payment page."""
    basket = Basket.of(
        ((item.id, item.quantity, Decimal(repr(item.price))) for item in data.items),
        Currency(till.settings.currency),
    )
    client = client_of(request.scope, till.settings.proxies)
    order = await till.hold(Wish(basket=basket, client=client, key=idempotency_key))
    url = order.session_url
    if url is None:
        page = await sync_to_thread(till.place_order.open_page, order)
        url = await till.remember((order.id, page))
    till.meters.held()
    return CheckoutOut(url)
