"""The sandbox's picture store, as a browser meets it: behind the edge, on another origin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.testing import TestClient

from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.permits import Permits
from eterno.application.ports.media import TICKET_LIFETIME
from eterno.domain.media import LARGEST
from eterno.entrypoints.http.edge import Edge
from eterno.entrypoints.http.problems import EXCEPTION_HANDLERS
from eterno.entrypoints.http.sandbox_media import MEDIA
from eterno.entrypoints.metrics import Meters
from tests.support.clock import FixedClock
from tests.support.pictures import JPEG, PNG

KEY = "products/7-oat.jpg"
BASE = "http://testserver.local"
SPA = "https://shop.example"
AS_JPEG = {"Content-Type": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    client: TestClient[Any]
    media: SandboxMedia
    clock: FixedClock
    folder: Path

    def ticket(self, size: int | None = None) -> str:
        return self.media.ticket(KEY, "image/jpeg", size).url

    def bring(self, url: str, data: Any = JPEG, **headers: str) -> Any:
        return self.client.put(
            url, content=data, headers={**AS_JPEG, "Origin": SPA, **headers}, follow_redirects=False
        )

    def is_untouched(self) -> bool:
        return not any(path.is_file() for path in self.folder.rglob("*"))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    clock = FixedClock()
    media = SandboxMedia(tmp_path / "media", BASE, Permits("secret", clock))

    def give() -> SandboxMedia:
        return media

    app = Litestar(
        [Router("/", route_handlers=MEDIA)],
        dependencies={"sandbox_media": Provide(give, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,  # type: ignore[arg-type]  # Litestar's map is a dict
        logging_config=None,
    )
    edge = Edge(app, origins=[SPA], hsts=False, meters=Meters(), most=10)
    with TestClient(edge, base_url=BASE) as client:
        yield Studio(client=client, media=media, clock=clock, folder=tmp_path / "media")


# Bringing


def test_a_browser_brings_a_picture_and_finds_it(studio: Studio) -> None:
    answer = studio.bring(studio.ticket(len(JPEG)))

    assert (answer.status_code, answer.content) == (200, b"")
    shown = studio.client.get(studio.media.url(KEY))
    assert (shown.status_code, shown.content) == (200, JPEG)


def test_it_may_come_from_the_shop_fronts_origin_after_asking(studio: Studio) -> None:
    url = studio.ticket()
    preflight = studio.client.options(
        url,
        headers={
            "Origin": SPA,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    answer = studio.bring(url)

    assert preflight.status_code == 204
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    for heard in (preflight, answer):
        assert heard.headers["access-control-allow-origin"] == SPA


def test_a_refusal_can_be_read_from_there_too(studio: Studio) -> None:
    answer = studio.bring(studio.ticket() + "0")

    assert answer.status_code == 403
    assert answer.headers["access-control-allow-origin"] == SPA
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("oat", "rose"),
        ("7-oat", "../7-oat"),
        ("kind=image%2Fjpeg", "kind=image%2Fpng"),
        ("kind=image%2Fjpeg", "kind=text%2Fhtml"),
        ("size=39", "size=390"),
        ("size=39", "size="),
        ("size=39&", ""),
        ("expires=1", "expires=2"),
        (r"signature=\w+", "signature="),
        (r"signature=\w+", "signature=%C3%BC"),
        (r"signature=\w+", "signature=%00"),
        (r"&signature=\w+", ""),
        (r"\?.*", ""),
    ],
)
def test_an_address_that_was_changed_leads_nowhere(studio: Studio, part: str, other: str) -> None:
    url = studio.ticket(39)
    forged = re.sub(part, other, url, count=1)
    assert forged != url

    assert studio.bring(forged).status_code in (403, 404)
    assert studio.is_untouched()


def test_the_signature_of_another_shop_is_worth_nothing(studio: Studio) -> None:
    elsewhere = SandboxMedia(studio.folder, BASE, Permits("another secret", studio.clock))

    assert studio.bring(elsewhere.ticket(KEY, "image/jpeg", None).url).status_code == 403


def test_an_address_grows_old(studio: Studio) -> None:
    url = studio.ticket()
    studio.clock.advance(TICKET_LIFETIME - timedelta(seconds=1))
    assert studio.bring(url).status_code == 200
    studio.clock.advance(timedelta(seconds=1))

    answer = studio.bring(url)
    assert answer.status_code == 403
    assert "too long ago" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", ["image/png", "text/html", "", "image/jpegx"])
def test_another_type_is_415(studio: Studio, content_type: str) -> None:
    answer = studio.bring(studio.ticket(), **{"Content-Type": content_type})

    assert answer.status_code == 415
    assert studio.is_untouched()


@pytest.mark.parametrize("data", [b"", JPEG[:-1], JPEG + b"x"])
def test_another_size_than_announced_is_422(studio: Studio, data: bytes) -> None:
    answer = studio.bring(studio.ticket(len(JPEG)), data)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "size"
    assert studio.is_untouched()


def test_nothing_is_no_picture(studio: Studio) -> None:
    assert studio.bring(studio.ticket(), b"").status_code == 422
    assert studio.is_untouched()


def too_much() -> Iterator[bytes]:
    """In pieces, without saying beforehand how much there is."""
    for _ in range(LARGEST // 65_536 + 1):
        yield b"x" * 65_536


@pytest.mark.parametrize("chunked", [False, True])
def test_more_than_the_limit_is_413_and_nothing_is_kept(studio: Studio, chunked: bool) -> None:
    data = too_much() if chunked else b"".join(too_much())

    assert studio.bring(studio.ticket(), data).status_code == 413
    assert studio.is_untouched()


def test_as_much_as_the_limit_is_fine(studio: Studio) -> None:
    assert studio.bring(studio.ticket(), JPEG.ljust(LARGEST)).status_code == 200


def test_a_picture_that_comes_again_replaces_the_first(studio: Studio) -> None:
    url = studio.ticket()
    studio.bring(url, b"half a picture")
    assert studio.bring(url, JPEG).status_code == 200

    assert studio.client.get(studio.media.url(KEY)).content == JPEG


def test_while_the_folder_cannot_be_written_it_is_503(studio: Studio) -> None:
    studio.folder.write_bytes(b"")

    answer = studio.bring(studio.ticket())
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers


# Handing out


def test_a_picture_is_served_safely_and_for_ever(studio: Studio) -> None:
    studio.media.put(KEY, JPEG)
    answer = studio.client.get(studio.media.url(KEY))

    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_who_has_it_already_is_told_so(studio: Studio) -> None:
    studio.media.put(KEY, JPEG)
    tag = studio.client.get(studio.media.url(KEY)).headers["ETag"]

    same = studio.client.get(studio.media.url(KEY), headers={"If-None-Match": tag})
    other = studio.client.get(studio.media.url(KEY), headers={"If-None-Match": '"another"'})

    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    assert other.status_code == 200
    studio.media.put(KEY, PNG)
    assert studio.client.get(studio.media.url(KEY)).headers["ETag"] != tag


def test_a_picture_can_be_asked_about(studio: Studio) -> None:
    studio.media.put(KEY, JPEG)
    answer = studio.client.head(studio.media.url(KEY))

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(JPEG))
    assert answer.headers["ETag"]
