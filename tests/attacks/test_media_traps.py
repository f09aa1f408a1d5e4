"""Pictures that are none, keys that lead elsewhere, and more than was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from eterno.entrypoints.container import live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.support.databases import DatabaseServer
from tests.support.pictures import JPEG
from tests.support.shops import admin_headers

SOAP = {"name": "Rose", "description": "Red", "ingredients": ["rose"]}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TRAPS = {
    "SVG": SVG,
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG after a little room": b" \n" + SVG,
    "HTML that ends as a picture": b"<script>alert(1)</script>" + JPEG,
    "PHP": b"<?php system($_GET['x']); ?>",
    "a program": b"\x7fELF\x02\x01\x01",
    "an archive": b"PK\x03\x04",
    "a picture of another type": b"GIF89a\x01\x00\x01\x00<script>alert(1)</script>",
}
KEYS = (
    "../../etc/passwd",
    "products/../../secret.jpg",
    "products/..%2f..%2fsecret.jpg",
    "products/%2e%2e/secret.jpg",
    "products\\..\\secret.jpg",
    "/products/a.jpg",
    "//evil.example/a.jpg",
    "https://evil.example/a.jpg",
    "javascript:alert(1)//.jpg",
    "secrets/a.jpg",
    "products/a.svg",
    "products/a.html",
    "products/a.jpg.html",
    "products/a.jpg\0.html",
    "products/a.jpg?x=.html",
    "products/" + "a" * 2000 + ".jpg",
)


@dataclass
class Studio:
    client: TestClient[Any]
    admin: dict[str, str]
    folder: Path

    def brought(self, data: bytes, **ticket: Any) -> str:
        """The key under which these bytes were brought, as a JPEG."""
        wish = {"fileName": "rose.jpg", "contentType": "image/jpeg", **ticket}
        given = self.client.post("/upload/presigned-url", json=wish, headers=self.admin).json()
        self.client.put(given["uploadUrl"], content=data, headers={"Content-Type": "image/jpeg"})
        return str(given["key"])

    def show(self, key: str) -> Any:
        return self.client.post("/products", json={**SOAP, "img_key": key}, headers=self.admin)


@pytest.fixture(scope="module")
def studio(
    database_server: DatabaseServer,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Studio]:
    with database_server.database(migrated_template) as uri:
        yield from _studio(uri, tmp_path_factory.mktemp("studio"))


def _studio(uri: str, folder: Path) -> Iterator[Studio]:
    base = "http://testserver.local"
    settings = read_settings({"ETERNO_DATA_DIR": str(folder), "PUBLIC_URL": base})
    with (
        live(settings, uri) as shop,
        TestClient(create_app(shop), base_url=base, raise_server_exceptions=False) as client,
    ):
        yield Studio(client, admin_headers(shop), folder / "sandbox" / "media")


@pytest.mark.parametrize("what", TRAPS)
def test_what_is_no_picture_is_never_shown_and_is_removed(studio: Studio, what: str) -> None:
    key = studio.brought(TRAPS[what])

    answer = studio.show(key)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["img_key"]
    assert key not in studio.client.get("/images/keys").json()
    assert studio.show(key).status_code == 422


def test_a_picture_with_a_script_in_its_tail_is_served_as_a_picture_only(studio: Studio) -> None:
    """Its beginning is right, and there is nothing to be found in the rest: the browser is told
    what it is, and not to guess."""
    key = studio.brought(JPEG + b"<script>alert(1)</script>")
    assert studio.show(key).status_code == 201

    answer = studio.client.get(f"/media/{key}")

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_leads_elsewhere_is_neither_shown_nor_served(studio: Studio, key: str) -> None:
    assert studio.show(key).status_code == 422
    if "\0" not in key:
        answer = studio.client.get(f"/media/{key}", follow_redirects=False)
        assert answer.status_code in (404, 422)
        assert b"root:" not in answer.content


@pytest.mark.parametrize(
    "name", ["../../../x.jpg", "..\\..\\x.jpg", "/etc/x.jpg", "x.jpg/../../y.jpg", "x%2f..%2fy.jpg"]
)
def test_a_name_that_climbs_stays_where_pictures_are(studio: Studio, name: str) -> None:
    key = studio.brought(JPEG, fileName=name)

    assert key.startswith("products/")
    assert ".." not in key
    brought = [path for path in studio.folder.parent.rglob("*.jpg") if path.is_file()]
    assert brought
    assert all(path.resolve().is_relative_to(studio.folder.resolve()) for path in brought)
