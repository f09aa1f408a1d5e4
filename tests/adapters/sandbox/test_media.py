from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.permits import Permits
from eterno.domain.errors import Invalid, Unavailable
from tests.support.clock import FixedClock

KEY = "products/0f9c-lavender-hour.webp"
OUTSIDE = [
    "../secret.webp",
    "products/../../secret.webp",
    "/etc/secret.webp",
    "products//secret.webp",
    "./secret.webp",
    "..\\secret.webp",
    "C:\\secret.webp",
    "C:secret.webp",
    "products/.hidden.webp",
    "products/\x00.webp",
    "products/\ud800.webp",
    "products/" + "x" * 300 + ".webp",
    "a/" * 300 + "x.webp",
    "",
    ".webp",
    "products/",
]


def media_in(folder: Path) -> SandboxMedia:
    return SandboxMedia(folder, "http://localhost:8000", Permits("secret", FixedClock()))


@pytest.fixture
def media(tmp_path: Path) -> SandboxMedia:
    return media_in(tmp_path / "media")


def test_a_picture_comes_back_with_its_type(media: SandboxMedia) -> None:
    media.put(KEY, b"RIFF")

    assert media.read(KEY) == (b"RIFF", "image/webp")
    assert media.exists(KEY)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "jpeg"), ("a.JPEG", "jpeg"), ("a.png", "png"), ("a.gif", "gif")],
)
def test_the_type_is_that_of_the_extension(media: SandboxMedia, name: str, kind: str) -> None:
    media.put(name, b"x")

    found = media.read(name)
    assert found is not None
    assert found[1] == f"image/{kind}"


def test_a_picture_that_is_not_there_is_none(media: SandboxMedia) -> None:
    assert media.read(KEY) is None
    assert not media.exists(KEY)
    media.put(KEY + "/inner.png", b"x")
    assert media.read(KEY) is None


@pytest.mark.parametrize("key", [*OUTSIDE, "a.svg", "a.html", "a", "a.webp.html"])
def test_nothing_leads_out_of_the_folder(media: SandboxMedia, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.webp").write_bytes(b"secret")

    with pytest.raises(Invalid):
        media.put(key, b"x")
    assert media.read(key) is None
    assert not media.exists(key)
    assert [path.name for path in tmp_path.rglob("*")] == ["secret.webp"]


def test_a_link_does_not_lead_out_of_the_folder(media: SandboxMedia, tmp_path: Path) -> None:
    (tmp_path / "secret.webp").write_bytes(b"secret")
    media.put(KEY, b"x")
    (tmp_path / "media" / "link.webp").symlink_to(tmp_path / "secret.webp")
    (tmp_path / "media" / "up").symlink_to(tmp_path)

    assert media.read("link.webp") is None
    assert media.read("up/secret.webp") is None


@given(key=st.text())
def test_whatever_the_key_looking_is_harmless(
    key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    media = media_in(tmp_path_factory.getbasetemp() / "empty")

    assert media.read(key) is None
    assert not media.exists(key)
    assert media.look(key) is None
    assert media.keys(key, most=10) == []
    media.remove(key)
    assert media.url(key).isascii()
    assert media.ticket(key, "image/png", None).url.isascii()


def test_an_address_is_quoted(media: SandboxMedia) -> None:
    assert media.url(KEY) == f"http://localhost:8000/media/{KEY}"
    assert media.url("products/ö?#.png") == "http://localhost:8000/media/products/%C3%B6%3F%23.png"


def test_whoever_looks_while_a_picture_is_replaced_sees_a_whole_one(media: SandboxMedia) -> None:
    pictures = [bytes([number]) * 200_000 for number in range(4)]
    media.put(KEY, pictures[0])
    stop = threading.Event()

    def replace() -> None:
        while not stop.is_set():
            for picture in pictures:
                media.put(KEY, picture)

    painter = threading.Thread(target=replace)
    painter.start()
    try:
        for _ in range(50):
            found = media.read(KEY)
            assert found is not None
            assert found[0] in pictures
    finally:
        stop.set()
        painter.join()


def test_nothing_is_left_behind_but_the_picture(media: SandboxMedia, tmp_path: Path) -> None:
    media.put(KEY, b"x")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["0f9c-lavender-hour.webp"]


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"not a folder")

    with pytest.raises(Unavailable):
        media_in(tmp_path / "media").put(KEY, b"x")
