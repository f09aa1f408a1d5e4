"""What a test needs on the shelves, made as an admin makes it."""

from __future__ import annotations

import secrets
from typing import Any

import httpx

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8f1e1c17f00097403c8cff35d900000000049454e44ae426082"
)
"""The smallest picture there is."""


class Goods:
    """Remembers what it made."""

    def __init__(self, admin: httpx.Client) -> None:
        self._admin = admin
        self._made: list[str] = []

    def product(self, **fields: Any) -> Any:
        """As `POST /products` answers it."""
        return self._make("/products", product(**fields))

    def variant(self, product_id: int | None = None, **fields: Any) -> Any:
        """Of a new product, unless told which."""
        product_id = product_id or self.product()["id"]
        answer = self._admin.post(f"/products/{product_id}/variants", json=variant(**fields))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def category(self, name: str | None = None) -> Any:
        sent = [{"name": name or a_name(), "description": "Nice to get"}]
        answer = self._admin.post("/categories", json=sent)
        assert answer.status_code == 201, answer.text
        [made] = answer.json()
        self.remember(f"/categories/{made['id']}")
        return made

    def picture(self) -> str:
        """The key of a picture that was uploaded."""
        ticket = self._admin.post(
            "/upload/presigned-url",
            json={"fileName": "rose petals.png", "contentType": "image/png", "size": len(PNG)},
        )
        assert ticket.status_code == 200, ticket.text
        stored = httpx.put(
            ticket.json()["uploadUrl"], content=PNG, headers={"Content-Type": "image/png"}
        )
        assert stored.is_success, stored.text
        return str(ticket.json()["key"])

    def remember(self, path: str) -> None:
        """Take this away, too."""
        self._made.append(path)

    def clear(self) -> None:
        for path in reversed(self._made):
            self._admin.delete(path)

    def _make(self, path: str, body: Any) -> Any:
        answer = self._admin.post(path, json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        self.remember(f"{path}/{made['id']}")
        return made


def product(**fields: Any) -> dict[str, Any]:
    """What the shop front sends for a product."""
    return {
        "name": a_name(),
        "description": "Gentle",
        "ingredients": ["oats", "honey"],
        "img_key": None,
        **fields,
    }


def variant(**fields: Any) -> dict[str, Any]:
    """What it sends for a variant."""
    return {
        "size": "100 g",
        "shape": "bar",
        "img_key": None,
        "price": 8.99,
        "stock_quantity": 10,
        **fields,
    }


def a_name() -> str:
    """One that nothing in the shop has yet."""
    return f"Soap {secrets.token_hex(5)}"
