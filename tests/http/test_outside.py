"""What the shop shows over HTTP of the services outside, and of their stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dependency_injector import providers
from litestar.testing import TestClient

from eterno.adapters.s3.media import S3Media
from eterno.domain.catalog import Product
from eterno.entrypoints.container import in_memory
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.outside import Outside
from eterno.entrypoints.settings import read_settings
from tests.support.clock import FixedClock
from tests.support.ministack import bucket_at


@contextmanager
def shop_with(folder: Path, **environment: str) -> Iterator[TestClient[Any]]:
    """On fakes, but with the pages of the stand-ins that are in use."""
    settings = read_settings({"ETERNO_DATA_DIR": str(folder), **environment})
    clock = FixedClock()
    shop = in_memory(settings, clock)
    shop.outside.override(providers.Object(Outside(settings, clock)))
    with TestClient(create_app(shop)) as client:
        yield client


def test_every_stand_in_has_its_pages(tmp_path: Path) -> None:
    with shop_with(tmp_path) as browser:
        assert browser.get("/sandbox/mail").status_code == 200
        assert browser.get("/sandbox/cancelled").status_code == 200
        assert "/sandbox/mail" in browser.get("/").text
        answer = browser.get("/media/products/none.webp")
        assert answer.json()["detail"] == "Picture products/none.webp not found"


def test_who_stands_in_for_nobody_has_no_pages(tmp_path: Path) -> None:
    bucket = {"AWS_BUCKET_NAME": "b", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
    with shop_with(tmp_path, SMTP_URL="smtp://mail.example", **bucket) as browser:
        assert browser.get("/sandbox/mail").status_code == 404
        assert browser.get("/sandbox/mail/1").status_code == 404
        assert "/sandbox/mail" not in browser.get("/").text
        answer = browser.get("/media/products/none.webp")
        assert answer.json().get("detail") != "Picture products/none.webp not found"
        assert browser.get("/sandbox/cancelled").status_code == 200
        assert not (tmp_path / "sandbox" / "media").exists()


def test_while_the_bucket_is_silent_the_catalogue_is_shown(tmp_path: Path) -> None:
    shop = in_memory(read_settings({}), FixedClock())
    silent = S3Media(bucket_at("http://127.0.0.1:1", "pictures"), clock=FixedClock())
    shop.media.override(providers.Object(silent))
    with shop.store().begin() as work:
        work.products.add(
            Product.described(
                id=work.products.next_id(),
                name="Oat",
                description="Gentle",
                ingredients=("oats",),
                img_key="products/oat.jpg",
            ),
            [],
        )
    with TestClient(create_app(shop)) as browser:
        [product] = browser.get("/products").json()

    assert product["image_url"].startswith("http://127.0.0.1:1/pictures/products/oat.jpg?")
