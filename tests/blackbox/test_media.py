"""Pictures: a ticket, an upload to it, and the picture in the shop."""

import struct
import zlib
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from tests.blackbox.goods import PNG, Goods, product
from tests.blackbox.problems import refused, wrong_fields
from tests.support.outside import VITE

TICKET = {"fileName": "rose petals.png", "contentType": "image/png"}


def test_a_ticket_has_an_absolute_address_and_a_key(admin: httpx.Client) -> None:
    answer = admin.post("/upload/presigned-url", json=TICKET)
    assert answer.status_code == 200
    assert answer.json().keys() >= {"uploadUrl", "key"}
    assert urlsplit(answer.json()["uploadUrl"]).scheme in ("http", "https")
    assert answer.json()["key"].startswith("products/")
    assert answer.json()["key"].endswith(".png")


def test_each_ticket_has_a_key_of_its_own(admin: httpx.Client) -> None:
    keys = {admin.post("/upload/presigned-url", json=TICKET).json()["key"] for _ in range(3)}
    assert len(keys) == 3


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/webp", "image/gif"])
def test_pictures_of_four_kinds_are_taken(kind: str, admin: httpx.Client) -> None:
    sent = {"fileName": "a", "contentType": kind, "size": 1000}
    assert admin.post("/upload/presigned-url", json=sent).status_code == 200


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", "text/html", "application/pdf", "image/PNG; x=1", "", "image/bmp"]
)
def test_anything_else_is_not(kind: str, admin: httpx.Client) -> None:
    answer = admin.post("/upload/presigned-url", json={**TICKET, "contentType": kind})
    assert wrong_fields(answer) == {"contentType"}


@pytest.mark.parametrize("size", [0, -1, 9_000_000, 1.5, "10"])
def test_a_size_that_cannot_be_right_is_refused(size: object, admin: httpx.Client) -> None:
    answer = admin.post("/upload/presigned-url", json={**TICKET, "size": size})
    assert wrong_fields(answer) == {"size"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.png", "<script>.png", "ünï 🧼.png"])
def test_a_file_name_is_made_harmless(name: str, admin: httpx.Client) -> None:
    answer = admin.post("/upload/presigned-url", json={**TICKET, "fileName": name})
    assert answer.status_code == 200
    key = answer.json()["key"]
    assert key.count("/") == 1
    assert key.isascii()
    assert not set(key) & set("<> \\%?#")


def test_an_upload_is_preflighted_and_read_from_another_origin(admin: httpx.Client) -> None:
    url = admin.post("/upload/presigned-url", json=TICKET).json()["uploadUrl"]
    asked = httpx.options(
        url,
        headers={
            "Origin": VITE,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert asked.is_success
    assert asked.headers["access-control-allow-origin"] in (VITE, "*")
    assert "content-type" in asked.headers["access-control-allow-headers"].lower()
    stored = httpx.put(url, content=PNG, headers={"Origin": VITE, "Content-Type": "image/png"})
    assert stored.is_success, stored.text
    assert stored.headers["access-control-allow-origin"] in (VITE, "*")


def test_a_picture_is_shown_with_its_product_and_variant(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    keys = [goods.picture(), goods.picture()]
    made = goods.product(img_key=keys[0])
    variant = goods.variant(made["id"], img_key=keys[1])
    shown = visitor.get(f"/products/{made['id']}").json()
    for each, key in ((shown, keys[0]), (shown["variants"][0], keys[1])):
        assert each["img_key"] == key
        picture = httpx.get(each["image_url"])
        assert picture.status_code == 200
        assert picture.content == PNG
        assert picture.headers["content-type"] == "image/png"
    assert variant["image_url"] == shown["variants"][0]["image_url"]


def test_a_key_without_a_picture_is_refused(admin: httpx.Client) -> None:
    key = admin.post("/upload/presigned-url", json=TICKET).json()["key"]
    assert wrong_fields(admin.post("/products", json=product(img_key=key))) == {"img_key"}


def test_what_is_no_picture_is_refused(admin: httpx.Client) -> None:
    ticket = admin.post("/upload/presigned-url", json=TICKET).json()
    html = b"<html><script>alert(1)</script></html>"
    httpx.put(ticket["uploadUrl"], content=html, headers={"Content-Type": "image/png"})
    answer = admin.post("/products", json=product(img_key=ticket["key"]))
    assert wrong_fields(answer) == {"img_key"}


def test_an_upload_of_more_than_8_mib_comes_to_nothing(admin: httpx.Client) -> None:
    ticket = admin.post("/upload/presigned-url", json=TICKET).json()
    filler = b"\x00" * (8 * 1024 * 1024)
    chunk = struct.pack(">I", len(filler)) + b"tEXt" + filler
    large = PNG[:-12] + chunk + struct.pack(">I", zlib.crc32(chunk[4:])) + PNG[-12:]
    with suppress(httpx.TransportError):  # hung up on
        httpx.put(ticket["uploadUrl"], content=large, headers={"Content-Type": "image/png"})
    answer = admin.post("/products", json=product(img_key=ticket["key"]))
    assert wrong_fields(answer) == {"img_key"}


def test_an_upload_without_the_tickets_signature_is_refused(admin: httpx.Client) -> None:
    url = admin.post("/upload/presigned-url", json=TICKET).json()["uploadUrl"]
    bare = url.partition("?")[0]
    answer = httpx.put(bare, content=PNG, headers={"Content-Type": "image/png"})
    assert answer.is_client_error


def test_visitors_see_only_keys_that_the_shop_shows(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    shown, stored = goods.picture(), goods.picture()
    goods.product(img_key=shown)
    everything = {"limit": 1000}
    for_visitors = visitor.get("/images/keys", params=everything).json()
    for_admins = admin.get("/images/keys", params=everything).json()
    assert shown in for_visitors
    assert stored not in for_visitors
    assert {shown, stored} <= set(for_admins)
    assert all(key.startswith("products/") for key in for_admins)


def test_keys_are_found_by_how_they_begin_and_not_too_many_at_once(
    admin: httpx.Client, visitor: httpx.Client, goods: Goods
) -> None:
    key = goods.picture()
    goods.product(img_key=key)
    for client in (visitor, admin):
        assert client.get("/images/keys", params={"prefix": key}).json() == [key]
        assert client.get("/images/keys", params={"prefix": "elsewhere/"}).json() == []
        assert len(client.get("/images/keys", params={"limit": 1}).json()) == 1
        assert len(client.get("/images/keys").json()) <= 100


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "x", "1.5", "1_0", "%D9%A1", "1" * 30])
def test_a_limit_is_1_to_1000(limit: str, visitor: httpx.Client) -> None:
    assert wrong_fields(visitor.get(f"/images/keys?limit={limit}")) == {"limit"}


def test_an_odd_prefix_is_no_bug(visitor: httpx.Client) -> None:
    for prefix in ("%00", "%25", "_", "..%2F", "%FF", "x" * 3000):
        answer = visitor.get(f"/images/keys?prefix={prefix}")
        assert answer.status_code in (200, 400, 422), prefix
        if answer.status_code == 200:
            assert answer.json() == []
        else:
            refused(answer, answer.status_code)
