"""The contract's table: each call that the shop front or its tests make."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.blackbox.goods import product, variant

NOBODY = 999_999_999_999
"""No id in any shop."""


class Call(NamedTuple):
    """A call, with a body that would do."""

    method: str
    path: str
    json: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


PUBLIC = (
    Call("GET", "/products"),
    Call("GET", "/products/{id}"),
    Call("GET", "/products/{id}/categories"),
    Call("GET", "/products/{id}/variants"),
    Call("GET", "/products/{id}/variants/{vid}"),
    Call("GET", "/categories"),
    Call("GET", "/categories/{cid}"),
    Call("GET", "/images/keys"),
    Call("POST", "/admins/login", {"username": "nobody", "password": "none of your business"}),
    Call("POST", "/api/checkout", {"items": [{"id": NOBODY, "quantity": 1, "price": 1.0}]}),
    Call("POST", "/contact", {"name": "Ada", "email": "ada@example.org", "message": "Hello"}),
    Call("PATCH", "/products/{id}/variants/{vid}/stock", {"quantity": 1}),
)
ADMIN = (
    Call("POST", "/products", product()),
    Call("PUT", "/products/{id}", product()),
    Call("DELETE", "/products/{id}"),
    Call("POST", "/products/{id}/categories", {"category_ids": [1]}),
    Call("DELETE", "/products/{id}/categories/{cid}"),
    Call("POST", "/categories", [{"name": "Gifts", "description": ""}]),
    Call("PUT", "/categories/{cid}", {"name": "Gifts", "description": ""}),
    Call("DELETE", "/categories/{cid}"),
    Call("POST", "/products/{id}/variants", variant()),
    Call("PUT", "/products/{id}/variants/{vid}", variant()),
    Call("DELETE", "/products/{id}/variants/{vid}"),
    Call("PATCH", "/products/{id}/variants/{vid}/stock-quantity?stock_quantity=1"),
    Call("GET", "/admins"),
    Call("GET", "/admins/nobody"),
    Call("POST", "/admins", {"username": "new-one", "password": "a long enough sentence"}),
    Call("POST", "/upload/presigned-url", {"fileName": "a.png", "contentType": "image/png"}),
)
COLLECTIONS = (
    "/products",
    "/products/{id}/categories",
    "/products/{id}/variants",
    "/categories",
)


def filled(path: str, number: object = NOBODY) -> str:
    """The path, with this in place of each id."""
    return path.format(id=number, vid=number, cid=number)


def with_ids(calls: tuple[Call, ...]) -> list[Call]:
    """Those whose address has an id."""
    return [call for call in calls if "{" in call.path]


def with_bodies(calls: tuple[Call, ...]) -> list[Call]:
    """Those that send JSON."""
    return [call for call in calls if call.json is not None]
