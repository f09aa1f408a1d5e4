"""The stock room: what stands there, what moved, and moving it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.params import FromHeader, FromQuery, HeaderParameter, JSONBody, QueryParameter
from msgspec import Meta, Struct

from eterno.application.idempotency import KeyReused
from eterno.application.inventory.correct_stock import CorrectStock
from eterno.application.inventory.receive_delivery import ReceiveDelivery
from eterno.application.ports.views import InventoryDesk, ShownMovement, StockLine
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid
from eterno.domain.inventory import OutOfStock, Reason
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.paths import PathId, number
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.settings import Settings

NOUN = "ProductVariant"
MOST_AT_ONCE = 100


class StockOut(Struct, frozen=True, kw_only=True):
    """A variant in the stock room."""

    variant_id: int
    product_id: int
    product_name: str
    variant: Annotated[str, Meta(description="Size and shape.", examples=["100 g, heart"])]
    sku: str
    on_hand: Annotated[int, Meta(description="What stands there.")]
    held: Annotated[int, Meta(description="What of it is promised to buyers.")]
    available: Annotated[int, Meta(description="What can be sold now.")]
    low_stock: Annotated[bool, Meta(description="LOW_STOCK_THRESHOLD or fewer can be sold.")]


class MovementOut(Struct, frozen=True, kw_only=True):
    """A line of the stock ledger."""

    id: int
    variant_id: int
    change: int
    reason: Reason
    at: datetime
    order_id: UUID | None
    note: str
    actor: Annotated[str | None, Meta(description="The admin; nobody for a sale.")]


class DeliveryIn(Struct, forbid_unknown_fields=True):
    """New pieces."""

    quantity: Annotated[int, Meta(description="From 1.", examples=[24])]
    note: Annotated[str, Meta(description="Up to 500 characters.")] = ""


class CorrectionIn(Struct, forbid_unknown_fields=True):
    """Pieces that turned up (+) or are gone (-), and why."""

    change: Annotated[int, Meta(description="Not 0.", examples=[-2])]
    note: Annotated[str, Meta(description="1 to 500 characters.", examples=["broken"])]


IdempotencyKey = FromHeader[
    Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="Under the same key the same movement is made once, however often asked.",
        ),
    ]
]
Low = FromQuery[
    Annotated[
        str,
        QueryParameter(description="`true`: only what is low.", schema_extra={"default": "false"}),
    ]
]
VariantQuery = FromQuery[
    Annotated[str | None, QueryParameter(description="Only those of this variant.")]
]
After = FromQuery[
    Annotated[str | None, QueryParameter(description="The last id of the page before.")]
]
Limit = FromQuery[Annotated[str, QueryParameter(description="1 to 100.")]]


@get("/inventory", summary="The stock", tags=["Inventory"], sync_to_thread=True)
def list_stock(
    inventory_desk: Given[InventoryDesk], settings: Given[Settings], low: Low = "false"
) -> list[StockOut]:
    """Every variant in the shop with what stands there, by id."""
    if low not in ("true", "false"):
        raise Invalid.field("low", "true or false")
    threshold = settings.low_stock_threshold
    lines = inventory_desk.stock(at_most=threshold if low == "true" else None)
    return [stock_out(line, threshold) for line in lines]


@get("/inventory/movements", summary="The stock ledger", tags=["Inventory"], sync_to_thread=True)
def list_movements(
    inventory_desk: Given[InventoryDesk],
    variant_id: VariantQuery = None,
    after: After = None,
    limit: Limit = "50",
) -> list[MovementOut]:
    """What came and went, the newest first. For the next page, ask for what comes `after` the last
    id of this one."""
    shown = inventory_desk.movements(
        variant_id=_id(variant_id, "variant_id"),
        after=_id(after, "after"),
        most=whole(limit, "limit", most=MOST_AT_ONCE),
    )
    return [movement_out(line) for line in shown]


@post(
    "/inventory/{variant_id:str}/deliveries",
    summary="Receive a delivery",
    tags=["Inventory"],
    sync_to_thread=True,
    opt=refuses(KeyReused),
)
def receive_delivery(
    variant_id: PathId,
    data: JSONBody[DeliveryIn],
    actor: Given[Actor],
    receive_delivery: Given[ReceiveDelivery],
    inventory_desk: Given[InventoryDesk],
    settings: Given[Settings],
    idempotency_key: IdempotencyKey = None,
) -> StockOut:
    """Add pieces to what is on hand. Answers the variant's stock as it is then."""
    id = number(variant_id, NOUN)
    receive_delivery(actor, id, data.quantity, note=data.note, key=idempotency_key)
    return stock_out(inventory_desk.line(id), settings.low_stock_threshold)


@post(
    "/inventory/{variant_id:str}/corrections",
    summary="Correct the stock",
    tags=["Inventory"],
    sync_to_thread=True,
    opt=refuses(OutOfStock, KeyReused),
)
def correct_stock(
    variant_id: PathId,
    data: JSONBody[CorrectionIn],
    actor: Given[Actor],
    correct_stock: Given[CorrectStock],
    inventory_desk: Given[InventoryDesk],
    settings: Given[Settings],
    idempotency_key: IdempotencyKey = None,
) -> StockOut:
    """Change what is on hand, up or down, and say why. No more can go than can be sold now. Answers
    the variant's stock as it is then."""
    id = number(variant_id, NOUN)
    correct_stock(actor, id, data.change, note=data.note, key=idempotency_key)
    return stock_out(inventory_desk.line(id), settings.low_stock_threshold)


def stock_out(line: StockLine, threshold: int) -> StockOut:
    return StockOut(
        variant_id=line.variant.id,
        product_id=line.variant.product_id,
        product_name=line.product_name,
        variant=line.variant.label,
        sku=line.variant.sku,
        on_hand=line.on_hand,
        held=line.held,
        available=line.available,
        low_stock=line.available <= threshold,
    )


def movement_out(shown: ShownMovement) -> MovementOut:
    movement = shown.movement
    return MovementOut(
        id=shown.id,
        variant_id=movement.variant_id,
        change=movement.change,
        reason=movement.reason,
        at=movement.at,
        order_id=movement.order_id,
        note=movement.note,
        actor=movement.actor,
    )


def _id(text: str | None, field: str) -> int | None:
    return None if text is None else whole(text, field)


INVENTORY = [list_stock, list_movements, receive_delivery, correct_stock]
