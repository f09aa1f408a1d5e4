"""An open shop on PostgreSQL, with one of everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from eterno.entrypoints.container import Shop, live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.builders import add_category, put_on_sale
from tests.support import audit
from tests.support.databases import DatabaseServer
from tests.support.shops import admin_headers

Json = dict[str, Any]


@dataclass
class Target:
    """The shop, a browser, an admin, and what is there."""

    shop: Shop
    client: TestClient[Any]
    admin: dict[str, str]
    ids: dict[str, str]
    """What stands in each place of a path when it is not that place's turn."""
    description: Json

    def sell(self, pieces: int) -> str:
        """The owner sells at the market, and keeps it to send it; the order."""
        items = [{"id": int(self.ids["variant_id"]), "quantity": pieces}]
        sale = {"items": items, "handed_over": False}
        answer = self.client.post("/orders", json=sale, headers=self.admin)
        assert answer.status_code == 201, answer.text
        return str(self.shop.order_desk().latest(most=1)[0].id)


@pytest.fixture(scope="module")
def target(
    database_server: DatabaseServer,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Target]:
    """One for all the texts: what they leave behind is part of the test."""
    with database_server.database(migrated_template) as uri:
        yield from _target(uri, tmp_path_factory.mktemp("attacked"))


def _target(uri: str, folder: Path) -> Iterator[Target]:
    settings = read_settings(
        {
            "ETERNO_DATA_DIR": str(folder),
            "CHECKOUT_LIMITS": "off",
            "TRUSTED_PROXIES": "0.0.0.0/0",
            "SHIPPING_RATES": "Post:0:1-1",
        }
    )
    with (
        live(settings, uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        soap, category = put_on_sale(shop.store(), pieces=1000), add_category(shop.store())
        item = {"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}
        page = client.post("/api/checkout", json={"items": [item]}).json()["url"]
        [order] = shop.order_desk().latest()
        ids = {
            "product_id": str(soap.product_id),
            "variant_id": str(soap.id),
            "category_id": str(category.id),
            "token": order.token,
            "session_id": page.rsplit("/", 1)[-1],
            "username": "rosa",
        }
        description = client.get("/openapi.json").json()
        target = Target(shop, client, admin_headers(shop), ids, description)
        ids["order"] = target.sell(90)
        yield target
        assert audit.faults(uri) == {}
