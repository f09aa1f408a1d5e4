"""Variants: how a product can be bought, and how many of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from litestar import Response, delete, patch, post, put
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from eterno.application.catalog.add_variant import AddVariant
from eterno.application.catalog.as_seen import Outdated
from eterno.application.catalog.drafts import VariantDraft
from eterno.application.catalog.edit_variant import EditVariant
from eterno.application.catalog.remove_variant import RemoveVariant
from eterno.application.inventory.count_stock import CountStock
from eterno.application.ports.media import MediaStore
from eterno.application.ports.store import AlreadyThere
from eterno.application.ports.views import ShopWindow
from eterno.domain.audit import Actor
from eterno.domain.inventory import MOST_ON_HAND
from eterno.domain.money import Currency, Money
from eterno.entrypoints.http.etags import IfMatch, as_seen, tagged
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.paths import PathId, number
from eterno.entrypoints.http.queries import whole
from eterno.entrypoints.http.refusals import refuses
from eterno.entrypoints.http.wire import Price, VariantOut
from eterno.entrypoints.settings import Settings

ONE = "/products/{product_id:str}/variants/{variant_id:str}"
NOUN = "ProductVariant"

Media = Given[MediaStore]


class VariantIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A variant, as the owner offers it."""

    size: Annotated[str, Meta(description="1 to 60 characters.", examples=["100 g"])]
    price: Price
    stock_quantity: Annotated[
        int, Meta(description="What can be sold now: 0 to 1,000,000.", examples=[12])
    ]
    shape: Annotated[str | None, Meta(description="Empty is none.", examples=["heart"])] = None
    img_key: Annotated[
        str | None, Meta(description="A stored picture: products/… Empty is none.")
    ] = None
    sku: Annotated[
        str | None,
        Meta(description="Up to 40 of A-Z, 0-9, dot, dash, underscore. Without one: as it was."),
    ] = None

    def draft(self, currency: str) -> VariantDraft:
        """Raises `Invalid` for what is no price."""
        return VariantDraft(
            size=self.size,
            price=Money.price(Decimal(repr(self.price)), Currency(currency)),
            stock=self.stock_quantity,
            shape=self.shape,
            img_key=self.img_key,
            sku=self.sku,
        )


class BoughtIn(Struct, forbid_unknown_fields=True):
    """What a visitor bought, as the shop front tells it afterwards."""

    quantity: Annotated[int, Meta(ge=1)]


Counted = FromQuery[
    Annotated[
        str,
        QueryParameter(
            description="What can be sold now: 0 to 1,000,000.",
            schema_extra={"pattern": "^[0-9]+$"},
        ),
    ]
]


@post(
    "/products/{product_id:str}/variants",
    summary="Add a variant",
    tags=["Catalogue"],
    sync_to_thread=True,
    opt=refuses(AlreadyThere),
)
def add_variant(
    product_id: PathId,
    data: JSONBody[VariantIn],
    actor: Given[Actor],
    add_variant: Given[AddVariant],
    settings: Given[Settings],
    media: Media,
) -> Response[VariantOut]:
    """Offer a product in another size or shape. Its first pieces count as a delivery."""
    id = number(product_id, "Product")
    return tagged(add_variant(actor, id, data.draft(settings.currency)), media.url)


@put(
    ONE,
    summary="Edit a variant",
    tags=["Catalogue"],
    sync_to_thread=True,
    opt=refuses(AlreadyThere, Outdated),
)
def edit_variant(
    product_id: PathId,
    variant_id: PathId,
    data: JSONBody[VariantIn],
    actor: Given[Actor],
    edit_variant: Given[EditVariant],
    settings: Given[Settings],
    media: Media,
    if_match: IfMatch = None,
) -> Response[VariantOut]:
    """Offer a variant anew: what is left out is empty, but for the SKU. Its stock is recorded as a
    count."""
    shown = edit_variant(
        actor,
        number(product_id, "Product"),
        number(variant_id, NOUN),
        data.draft(settings.currency),
        as_seen=as_seen(if_match, media.url),
    )
    return tagged(shown, media.url)


@delete(
    ONE, summary="Remove a variant", tags=["Catalogue"], sync_to_thread=True, opt=refuses(Outdated)
)
def remove_variant(
    product_id: PathId,
    variant_id: PathId,
    actor: Given[Actor],
    remove_variant: Given[RemoveVariant],
    media: Media,
    if_match: IfMatch = None,
) -> None:
    """Take a variant off the shop. What was ever in stock or ordered is archived: orders and the
    stock ledger still know it."""
    remove_variant(
        actor,
        number(product_id, "Product"),
        number(variant_id, NOUN),
        as_seen=as_seen(if_match, media.url),
    )


@patch(
    f"{ONE}/stock-quantity",
    summary="Count a variant",
    tags=["Inventory"],
    sync_to_thread=True,
    opt=refuses(Outdated),
)
def count_stock(
    product_id: PathId,
    variant_id: PathId,
    actor: Given[Actor],
    count_stock: Given[CountStock],
    media: Media,
    stock_quantity: Counted,
    if_match: IfMatch = None,
) -> Response[VariantOut]:
    """Set what can be sold now, recorded as a count; what is held for buyers stands there too."""
    shown = count_stock(
        actor,
        number(product_id, "Product"),
        number(variant_id, NOUN),
        whole(stock_quantity, "stock_quantity", least=0, most=MOST_ON_HAND),
        as_seen=as_seen(if_match, media.url),
    )
    return tagged(shown, media.url)


@patch(
    f"{ONE}/stock",
    summary="After a sale",
    tags=["Shop"],
    deprecated=True,
    sync_to_thread=True,
    opt=PUBLIC,
)
def hear_of_sale(
    product_id: PathId,
    variant_id: PathId,
    data: JSONBody[BoughtIn],  # noqa: ARG001  # its shape is checked, and that is all
    shop_window: Given[ShopWindow],
    media: Media,
) -> Response[VariantOut]:
    """Changes nothing and answers the variant: the sale itself has moved the stock. It is here
    because shop fronts call it after a payment, again and again until it succeeds; so it does even
    when the variant has left the shop meanwhile."""
    id, of = number(variant_id, NOUN), number(product_id, "Product")
    return tagged(shop_window.variant(id, of=of, even_archived=True), media.url)


VARIANTS = [add_variant, edit_variant, remove_variant, count_stock, hear_of_sale]
