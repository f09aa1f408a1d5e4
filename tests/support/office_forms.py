"""What the office's forms send and what its pages are asked, for walks over all of them."""

from __future__ import annotations

from collections.abc import Mapping

PICTURE = "picture"
_PRODUCT = {
    "name": "Rose",
    "description": "Red",
    "long_description": "Very red",
    "ingredients": "rose\noil",
    "img_key": "",
    "no_picture": "yes",
}
_VARIANT = {
    "size": "100 g",
    "shape": "Bar",
    "sku": "",
    "price": "8.99",
    "stock": "1000",
    "seen": "*",
    "img_key": "",
    "no_picture": "yes",
}
_CATEGORY = {"name": "Gifts", "description": "Wrapped"}


def filled_in(*, variant: int, category: int, password: str) -> Mapping[str, Mapping[str, str]]:
    """A form for every route that takes one, each of which may be taken: after its path, from
    HOME. The order has a piece of the variant."""
    piece = f"piece-{variant}"
    return {
        "/admins": {"username": "nina", "password": "rosemary & sage"},
        "/admins/{username}/remove": {},
        "/catalogue/categories": _CATEGORY,
        "/catalogue/categories/{category}": {**_CATEGORY, "name": "Presents"},
        "/catalogue/categories/{category}/remove": {},
        "/catalogue/new": _PRODUCT,
        "/catalogue/{product}": _PRODUCT,
        "/catalogue/{product}/archive": {},
        "/catalogue/{product}/categories": {"category": str(category)},
        "/catalogue/{product}/variants/new": {**_VARIANT, "shape": "Leaf"},
        "/catalogue/{product}/variants/{variant}": {**_VARIANT, "price": "9.99"},
        "/catalogue/{product}/variants/{variant}/archive": {},
        "/letters/{task}/retry": {},
        "/orders/{order}/cancel": {"reason": "the cat"},
        "/orders/{order}/deliver": {},
        "/orders/{order}/note": {"text": "She will come on Monday"},
        "/orders/{order}/production": {},
        "/orders/{order}/refund": {
            "kind": "amount",
            "amount": "1.00",
            "shipping": "",
            piece: "",
            "restock": "",
            "reason": "a dent",
            "key": "",
        },
        "/orders/{order}/review": {"decision": "accept", "reason": "fine"},
        "/orders/{order}/ship": {
            "carrier": "Post",
            "tracking": "AB123",
            "link": "https://post.example/AB123",
            piece: "1",
            "last": "",
        },
        "/password": {"current": password, "new_password": "rosemary & sage"},
        "/pictures": {},
        "/sign-in": {"username": "rosa", "password": password, "next": "/office/orders"},
        "/sign-out": {},
        "/sign-out-everywhere": {},
        "/stock/{variant}/correction": {"change": "1", "way": "more", "why": "found", "key": ""},
        "/stock/{variant}/count": {"available": "7", "seen": "1000"},
        "/stock/{variant}/delivery": {"quantity": "5", "note": "spring", "key": ""},
    }


_WINDOW = ("from", "to", "as_of")
ASKED: Mapping[str, tuple[str, ...]] = {
    "/audit": ("subject", "after"),
    "/figures": _WINDOW,
    "/figures/goods.csv": _WINDOW,
    "/figures/sales.csv": _WINDOW,
    "/figures/stock": ("as_of",),
    "/letters": ("state", "after"),
    "/make-list": ("until",),
    "/messages": ("after",),
    "/orders": ("from", "to", "state", "text", "after"),
    "/orders/{order}/refund": ("kind", "amount", "shipping", "restock", "reason"),
    "/orders/{order}/slip": ("parcel",),
    "/pick-list": ("until",),
    "/sign-in": ("next",),
    "/stock": ("low",),
    "/stock/movements": ("after",),
}
"""What each page is asked in its address; each also takes `said`."""
