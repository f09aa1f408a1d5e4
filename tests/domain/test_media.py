from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.domain.errors import Invalid
from eterno.domain.media import (
    FIRST_BYTES,
    LARGEST,
    LONGEST_KEY,
    Upload,
    can_begin_a_key,
    check_picture_key,
    check_size,
    is_picture_key,
    is_what_it_says,
    picture_key,
)
from tests.support.clock import NOON
from tests.support.pictures import GIF, JPEG, PNG, WEBP

ID = UUID(int=7)
NO_KEYS = [
    "",
    "products/",
    "products/.jpg",
    "products/.hidden.jpg",
    "products//oat.jpg",
    "/products/oat.jpg",
    "secrets/oat.jpg",
    "products/../secrets/oat.jpg",
    "products/oat..jpg",
    "products/oat.svg",
    "products/oat.html",
    "products/oat.jpg.html",
    "products/oat.JPG",
    "products/oat",
    "products/o at.jpg",
    "products/oät.jpg",
    "products/oat.jpg\n",
    "products/oat.jpg\0",
    "products/oat.jpg?x",
    "products/%2e%2e/oat.jpg",
    "products\\oat.jpg",
    "https://evil.example/products/oat.jpg",
    f"products/{'x' * LONGEST_KEY}.jpg",
]


@pytest.mark.parametrize(
    "key",
    ["products/oat.jpg", "products/a/b_c-d.1.webp", "products/-.jpeg", "products/x.png"],
)
def test_the_plain_path_of_a_picture_is_a_key(key: str) -> None:
    assert check_picture_key(key, "img_key") == key


@pytest.mark.parametrize("key", NO_KEYS)
def test_anything_else_is_not_and_the_field_is_named(key: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_picture_key(key, "img_key")

    assert refusal.value.faults[0].field == "img_key"


@pytest.mark.parametrize(
    ("content_type", "extension"),
    [("image/jpeg", "jpg"), ("image/png", "png"), ("image/webp", "webp"), ("image/gif", "gif")],
)
def test_a_key_ends_as_its_type_says_whatever_the_file_was_called(
    content_type: str, extension: str
) -> None:
    key = picture_key(ID, "Oat & Honey.html", content_type)

    assert key == f"products/{ID}-oat-honey.{extension}"


@pytest.mark.parametrize(
    ("file_name", "stem"),
    [
        ("IMG_0042.JPG", "img-0042"),
        ("Crème brûlée 2.jpg", "creme-brulee-2"),
        ("../../etc/passwd.jpg", "etc-passwd"),
        ("C:\\Photos\\rose.jpg", "c-photos-rose"),
        ("石鹸.jpg", "picture"),
        (".jpg", "jpg"),
        ("rose", "rose"),
        ("a" * 250 + ".jpg", "a" * 60),
        ('"><script>alert(1)</script>.jpg', "script-alert-1-script"),
    ],
)
def test_a_key_says_what_the_file_was_called_in_safe_letters(file_name: str, stem: str) -> None:
    assert picture_key(ID, file_name, "image/jpeg") == f"products/{ID}-{stem}.jpg"


@given(file_name=st.text(max_size=300))
def test_whatever_a_file_is_called_its_key_is_a_key(file_name: str) -> None:
    try:
        key = picture_key(ID, file_name, "image/webp")
    except Invalid:
        return
    assert is_picture_key(key)


@pytest.mark.parametrize(
    "content_type",
    ["image/svg+xml", "text/html", "image/jpg", "IMAGE/JPEG", "image/jpeg\r\nX: y", "", "*/*"],
)
def test_only_pictures_without_scripts_may_be_brought(content_type: str) -> None:
    with pytest.raises(Invalid) as refusal:
        picture_key(ID, "oat.jpg", content_type)

    assert refusal.value.faults[0].field == "contentType"


@pytest.mark.parametrize(
    "file_name", ["", "  ", "a\0b.jpg", "a\r\nb.jpg", "\u202egpj.exe", "x" * 256]
)
def test_a_file_has_a_plain_name(file_name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        picture_key(ID, file_name, "image/jpeg")

    assert refusal.value.faults[0].field == "fileName"


@pytest.mark.parametrize("size", [1, LARGEST])
def test_a_size_is_right_up_to_the_limit(size: int) -> None:
    assert check_size(size) == size


@pytest.mark.parametrize("size", [-1, 0, LARGEST + 1, 10**30])
def test_a_size_is_not_nothing_and_not_over_the_limit(size: int) -> None:
    with pytest.raises(Invalid) as refusal:
        check_size(size)

    assert refusal.value.faults[0].field == "size"


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("products/oat.jpg", JPEG),
        ("products/oat.jpeg", JPEG),
        ("products/oat.png", PNG),
        ("products/oat.webp", WEBP),
        ("products/oat.gif", GIF),
        ("products/oat.gif", b"GIF87a"),
    ],
)
def test_a_picture_is_known_by_how_it_begins(key: str, data: bytes) -> None:
    assert is_what_it_says(key, len(data), data[:FIRST_BYTES])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"<!doctype html><script>",
        b"MZ\x90\x00",
        b" " + PNG,
        b"RIFF\x00\x00\x00\x00WAVE",
    ],
)
def test_what_begins_otherwise_is_none(data: bytes) -> None:
    for extension in ("jpg", "png", "webp", "gif"):
        assert not is_what_it_says(f"products/oat.{extension}", len(data), data[:FIRST_BYTES])


def test_a_picture_of_another_type_than_its_key_is_not_what_it_says() -> None:
    assert not is_what_it_says("products/oat.jpg", len(PNG), PNG)


@pytest.mark.parametrize("size", [0, LARGEST + 1])
def test_a_picture_that_is_too_large_or_nothing_is_not_what_it_says(size: int) -> None:
    assert not is_what_it_says("products/oat.png", size, PNG)


@pytest.mark.parametrize(
    "prefix", ["", "prod", "products", "products/", "products/7-oat", "products/a/"]
)
def test_a_key_can_begin_so(prefix: str) -> None:
    assert can_begin_a_key(prefix)


@pytest.mark.parametrize("prefix", ["secrets/", "/", "products/%", "products/\0", "product_", "ü"])
def test_no_key_can_begin_so(prefix: str) -> None:
    assert not can_begin_a_key(prefix)


def test_a_picture_is_wanted_from_when_it_becomes_known() -> None:
    upload = Upload.of("products/oat.webp", at=NOON, size=5)

    assert (upload.content_type, upload.size) == ("image/webp", 5)
    assert upload.created_at == upload.wanted_at == NOON
    assert upload.verified_at is upload.discarded_at is None
