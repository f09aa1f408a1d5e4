"""Admins at the door of a shop over HTTP."""

from __future__ import annotations

from typing import Any

from litestar.testing import TestClient

from eterno.entrypoints.container import Shop

GOOD = "lavender & thyme"


def admin_of(shop: Shop, client: TestClient[Any], username: str = "rosa") -> dict[str, str]:
    """A new admin who has signed in; the headers that say so."""
    shop.create_admin()(username, GOOD)
    return sign_in(client, username)


def sign_in(client: TestClient[Any], username: str, password: str = GOOD) -> dict[str, str]:
    answer = log_in(client, username, password)
    assert answer.status_code == 200, answer.text
    return bearer(answer.json()["access_token"])


def log_in(client: TestClient[Any], username: str, password: str = GOOD, **headers: str) -> Any:
    body = {"username": username, "password": password}
    return client.post("/admins/login", json=body, headers=headers)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
