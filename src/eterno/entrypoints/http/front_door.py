"""The page at `/`: what runs here, and where to go next."""

from __future__ import annotations

from litestar import Response, get

from eterno.application.ports.views import ShopWindow
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.pages import page
from eterno.entrypoints.outside import Port
from eterno.entrypoints.settings import Settings


@get(
    "/",
    summary="Front door",
    tags=["Shop"],
    include_in_schema=False,
    sync_to_thread=True,
    opt=PUBLIC,
)
def front_door(
    shop_window: Given[ShopWindow], settings: Given[Settings], stand_ins: Given[frozenset[Port]]
) -> Response[str]:
    """A small page for people: what is running, links, and how to buy with curl."""
    glance = shop_window.glance()
    return page(
        "front_door.html",
        {
            "shop": settings.shop_name,
            "base_url": settings.base_url,
            "products": glance.products,
            "variants": glance.variants,
            "example": glance.example,
            "stand_ins": stand_ins,
            "has_docs": settings.has_docs,
        },
    )
