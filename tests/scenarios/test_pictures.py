"""The life of a picture: announced, brought, put to use, dropped, gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from eterno.application.media.pictures import drop_picture
from eterno.domain.errors import Invalid
from eterno.entrypoints.container import live
from eterno.entrypoints.settings import read_settings
from tests.builders import add_product
from tests.scenarios.world import World, postgres_world
from tests.support.pictures import JPEG
from tests.support.processes import serving
from tests.support.shops import admin_headers

OAT = {"fileName": "oat.jpg", "contentType": "image/jpeg", "size": len(JPEG)}
AS_JPEG = {"Content-Type": "image/jpeg"}
A_DAY = timedelta(hours=24)


@pytest.fixture
def sandbox_world(database_uri: str, tmp_path: Path) -> Iterator[World]:
    with postgres_world(database_uri, tmp_path) as world:
        yield world
        world.check()


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_from_the_announcement_to_the_end(sandbox_world: World) -> None:
    world, shop = sandbox_world, sandbox_world.shop
    rosa = admin_headers(shop)
    ticket = world.client.post("/upload/presigned-url", json=OAT, headers=rosa).json()
    with pytest.raises(Invalid):
        shop.pictures().attach(ticket["key"])

    brought = world.client.put(local(ticket["uploadUrl"]), content=JPEG, headers=AS_JPEG)
    assert brought.status_code == 200
    key = shop.pictures().attach(ticket["key"])
    assert key is not None
    product = add_product(shop.store(), img_key=key)

    shown = world.client.get(f"/products/{product.id}").json()
    assert world.client.get(local(shown["image_url"])).content == JPEG
    assert world.client.get("/images/keys").json() == [key]
    world.wait(10 * A_DAY)
    assert shop.sweep_media()() == 0

    with shop.store().begin() as work:
        drop_picture(work, shop.ids(), key)
    world.work()
    assert world.client.get(local(shown["image_url"])).status_code == 200  # it is still shown


def test_what_was_brought_and_never_used_is_gone_after_a_day(sandbox_world: World) -> None:
    world, shop = sandbox_world, sandbox_world.shop
    rosa = admin_headers(shop)
    tickets = [
        world.client.post("/upload/presigned-url", json=OAT, headers=rosa).json() for _ in range(2)
    ]
    url = local(tickets[0]["uploadUrl"])
    assert world.client.put(url, content=JPEG, headers=AS_JPEG).status_code == 200
    assert world.client.get("/images/keys", headers=rosa).json() == [tickets[0]["key"]]

    world.wait(timedelta(minutes=15))
    assert world.client.put(url, content=JPEG, headers=AS_JPEG).status_code == 403
    world.wait(A_DAY)
    assert shop.sweep_media()() == 2

    assert world.client.get("/images/keys", headers=admin_headers(shop)).json() == []
    assert shop.sweep_media()() == 0


def test_a_browser_brings_a_picture_to_a_real_server(database_uri: str, tmp_path: Path) -> None:
    settings = read_settings({"ETERNO_DATA_DIR": str(tmp_path)})
    with live(settings, database_uri) as shop:
        rosa = admin_headers(shop)
    origin = {"Origin": "http://localhost:5173"}
    with serving(database_uri, tmp_path) as server, httpx.Client(timeout=10) as browser:
        server.wait_until_ready()
        ticket = browser.post(
            f"{server.url}/upload/presigned-url", json=OAT, headers={**rosa, **origin}
        ).json()
        assert ticket["uploadUrl"].startswith(server.url)
        preflight = browser.options(
            ticket["uploadUrl"],
            headers={
                **origin,
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "content-type",
            },
        )
        assert preflight.headers["access-control-allow-origin"] == origin["Origin"]

        too_long = browser.put(
            ticket["uploadUrl"], content=JPEG + b"x", headers={**AS_JPEG, **origin}
        )
        assert too_long.status_code == 422
        brought = browser.put(ticket["uploadUrl"], content=JPEG, headers={**AS_JPEG, **origin})
        assert brought.status_code == 200
        assert brought.headers["access-control-allow-origin"] == origin["Origin"]

        found = browser.get(f"{server.url}/media/{ticket['key']}")
        assert (found.content, found.headers["Content-Type"]) == (JPEG, "image/jpeg")
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert browser.get(f"{server.url}/images/keys", headers=rosa).json() == [ticket["key"]]
        assert server.stop() == 0
    assert rosa["Authorization"] not in server.log.read_text()
    assert "signature" not in server.log.read_text()
