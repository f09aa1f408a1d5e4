"""Looking at the shop: public, read-only."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from eterno.application.ports.media import MediaStore
from eterno.application.ports.views import Page, ShopWindow, Wanted
from eterno.entrypoints.http.etags import tagged
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.listing import next_page, wanted_of
from eterno.entrypoints.http.paths import PathId, number
from eterno.entrypoints.http.wire import (
    CategoryOut,
    CategoryWithProductsOut,
    ProductOut,
    VariantOut,
    category_out,
    category_with_products_out,
    product_out,
    variant_out,
)
from eterno.entrypoints.settings import Settings

Window = Given[ShopWindow]
Media = Given[MediaStore]


Limit = FromQuery[
    Annotated[str | None, QueryParameter(description="Products in the answer: 1 to 100.")]
]
After = FromQuery[
    Annotated[str | None, QueryParameter(description="The id of the product after which to begin.")]
]
Words = FromQuery[
    Annotated[
        str | None,
        QueryParameter(description="Words, or beginnings of words, that all stand in its texts."),
    ]
]
InCategory = FromQuery[
    Annotated[str | None, QueryParameter(description="The id of a category that it is in.")]
]
InStock = FromQuery[
    Annotated[str | None, QueryParameter(description="`true`: only what can be bought now.")]
]
Order = FromQuery[
    Annotated[str | None, QueryParameter(description="`id`, `-id`, `name` or `price`.")]
]


@get("/products", summary="Products", tags=["Shop"], sync_to_thread=True, opt=PUBLIC)
def list_products(
    shop_window: Window,
    media: Media,
    settings: Given[Settings],
    limit: Limit = None,
    after: After = None,
    q: Words = None,
    category: InCategory = None,
    in_stock: InStock = None,
    sort: Order = None,
) -> Response[list[ProductOut]]:
    """Products with their variants and categories: all of them, by id, unless asked otherwise.

    Where there are more than the answer holds, its `Link` header says where the list goes on; a
    shop with more products than fit into one answer is listed page by page without being asked to.
    """
    wanted = wanted_of(
        limit=limit,
        after=after,
        q=q,
        category=category,
        in_stock=in_stock,
        sort=sort,
        unpaged=settings.products_unpaged_max,
    )
    page = shop_window.page(wanted)
    products = [product_out(shown, media.url) for shown in page.products]
    return Response(products, headers=_links(page, wanted))


@get(
    "/products/{product_id:str}",
    summary="One product",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def show_product(product_id: PathId, shop_window: Window, media: Media) -> ProductOut:
    """A product with its variants and categories."""
    return product_out(shop_window.product(number(product_id, "Product")), media.url)


@get(
    "/products/{product_id:str}/variants",
    summary="A product's variants",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def list_variants(product_id: PathId, shop_window: Window, media: Media) -> list[VariantOut]:
    """Every way to buy a product, by id."""
    shown = shop_window.product(number(product_id, "Product"))
    return [variant_out(variant, media.url) for variant in shown.variants]


@get(
    "/products/{product_id:str}/variants/{variant_id:str}",
    summary="One variant",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def show_variant(
    product_id: PathId, variant_id: PathId, shop_window: Window, media: Media
) -> Response[VariantOut]:
    """One way to buy a product, with an ETag for whoever wants to change it."""
    id = number(variant_id, "ProductVariant")
    return tagged(shop_window.variant(id, of=number(product_id, "Product")), media.url)


@get(
    "/products/{product_id:str}/categories",
    summary="A product's categories",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def list_categories_of(product_id: PathId, shop_window: Window) -> list[CategoryOut]:
    """Every category that a product is in, by id."""
    shown = shop_window.product(number(product_id, "Product"))
    return [category_out(category) for category in shown.categories]


@get("/categories", summary="All categories", tags=["Shop"], sync_to_thread=True, opt=PUBLIC)
def list_categories(shop_window: Window) -> list[CategoryOut]:
    """Every category, by id."""
    return [category_out(category) for category in shop_window.categories()]


@get(
    "/categories/{category_id:str}",
    summary="One category",
    tags=["Shop"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def show_category(
    category_id: PathId, shop_window: Window, media: Media, settings: Given[Settings]
) -> Response[CategoryWithProductsOut]:
    """A category and its products, by id.

    Where there are more than fit into one answer, its `Link` header says where the list of them
    goes on: in `/products`.
    """
    id, most = number(category_id, "Category"), settings.products_unpaged_max
    category, page = shop_window.category(id, most=most)
    return Response(
        category_with_products_out(category, page.products, media.url),
        headers=_links(page, Wanted(category=id, most=most)),
    )


def _links(page: Page, wanted: Wanted) -> dict[str, str]:
    """Where a list goes on, if it does."""
    if not page.more:
        return {}
    return {"Link": next_page("/products", wanted, page.products[-1].product.id)}


WINDOW = [
    list_products,
    show_product,
    list_variants,
    show_variant,
    list_categories_of,
    list_categories,
    show_category,
]
