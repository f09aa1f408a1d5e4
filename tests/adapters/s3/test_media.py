"""A bucket that checks what our tickets allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from eterno.adapters.s3.bucket import Bucket
from eterno.adapters.s3.media import FOR_EVER, SHOWN_FOR, WINDOW, S3Media
from eterno.application.ports.media import TICKET_LIFETIME, Found
from eterno.domain.errors import Invalid, Unavailable
from eterno.domain.media import FIRST_BYTES, LARGEST
from tests.support.clock import NOON, FixedClock
from tests.support.ministack import bucket_at

KEY = "products/oat.jpg"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(60))


@pytest.fixture
def media(bucket: Bucket) -> S3Media:
    """Its clock stands at the present, because the bucket has one of its own."""
    return S3Media(bucket, clock=FixedClock(datetime.now(UTC)))


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


def bring(browser: httpx.Client, url: str, data: bytes, content_type: str = "image/jpeg") -> int:
    return browser.put(url, content=data, headers={"Content-Type": content_type}).status_code


# Showing


def test_a_signed_address_shows_the_picture_for_ever(media: S3Media, browser: httpx.Client) -> None:
    media.put(KEY, JPEG)

    answer = browser.get(media.url(KEY))

    assert (answer.status_code, answer.content) == (200, JPEG)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == FOR_EVER


def test_an_address_signed_by_another_shows_nothing(
    bucket: Bucket, s3_endpoint: str, browser: httpx.Client
) -> None:
    stranger = bucket_at(s3_endpoint, bucket.name, secret="guessed")

    url = S3Media(stranger, clock=FixedClock(datetime.now(UTC))).url(KEY)

    assert browser.get(url).status_code == 403


def test_an_address_stays_the_same_within_its_window_and_outlives_it() -> None:
    clock = FixedClock(NOON)
    media = S3Media(bucket_at("http://127.0.0.1:1", "pictures"), clock=clock)
    first = media.url(KEY)
    clock.advance(WINDOW - timedelta(seconds=1))
    assert media.url(KEY) == first
    clock.advance(timedelta(seconds=1))
    assert media.url(KEY) != first
    assert f"X-Amz-Expires={int(SHOWN_FOR.total_seconds())}" in first
    assert timedelta(hours=12) <= SHOWN_FOR - WINDOW


def test_two_processes_give_the_same_address() -> None:
    def url(at: datetime) -> str:
        return S3Media(bucket_at("http://127.0.0.1:1", "pictures"), clock=FixedClock(at)).url(KEY)

    assert url(NOON + timedelta(minutes=1)) == url(NOON + timedelta(hours=11))


def test_a_public_address_needs_no_signature() -> None:
    media = S3Media(
        bucket_at("http://127.0.0.1:1", "pictures"),
        clock=FixedClock(),
        public_url="https://pictures.example/shop/",
    )

    assert media.url("products/ä b.jpg") == "https://pictures.example/shop/products/%C3%A4%20b.jpg"


# Tickets


def test_with_a_ticket_a_browser_brings_a_picture(media: S3Media, browser: httpx.Client) -> None:
    ticket = media.ticket(KEY, "image/jpeg", len(JPEG))

    assert ticket.key == KEY
    assert bring(browser, ticket.url, JPEG) == 200
    assert bring(browser, ticket.url, JPEG) == 200
    assert media.look(KEY) == Found(size=len(JPEG), first_bytes=JPEG[:FIRST_BYTES])


def test_a_ticket_is_for_one_type_one_size_and_one_key(
    media: S3Media, browser: httpx.Client
) -> None:
    url = media.ticket(KEY, "image/jpeg", len(JPEG)).url

    assert bring(browser, url, JPEG, "text/html") == 403
    assert bring(browser, url, JPEG + b"x") == 403
    assert bring(browser, url, JPEG[:-1]) == 403
    assert bring(browser, url.replace("oat", "rose"), JPEG) == 403
    assert bring(browser, url + "0", JPEG) == 403
    assert browser.delete(url).status_code == 403
    assert media.keys("", most=10) == []


def test_a_ticket_without_a_size_is_still_for_one_type(
    media: S3Media, browser: httpx.Client
) -> None:
    url = media.ticket(KEY, "image/jpeg", None).url

    assert bring(browser, url, JPEG, "text/html") == 403
    assert bring(browser, url, JPEG) == 200


def test_a_ticket_has_its_time(bucket: Bucket, browser: httpx.Client) -> None:
    def signed(ago: timedelta) -> str:
        clock = FixedClock(datetime.now(UTC) - ago)
        return S3Media(bucket, clock=clock).ticket(KEY, "image/jpeg", None).url

    assert bring(browser, signed(TICKET_LIFETIME + timedelta(seconds=1)), JPEG) == 403
    assert bring(browser, signed(TICKET_LIFETIME - timedelta(minutes=1)), JPEG) == 200


# Forms


def post(browser: httpx.Client, media: S3Media, data: bytes, **changed: str) -> int:
    form = media.form(KEY, "image/jpeg")
    fields = {**form.fields, **{name.replace("_", "-"): it for name, it in changed.items()}}
    return browser.post(form.url, data=fields, files={"file": data}).status_code


def test_with_a_form_a_browser_brings_a_picture(media: S3Media, browser: httpx.Client) -> None:
    assert post(browser, media, JPEG) == 204
    assert media.look(KEY) == Found(size=len(JPEG), first_bytes=JPEG[:FIRST_BYTES])


def test_a_form_is_for_one_type_one_key_and_no_more_than_the_largest(
    media: S3Media, browser: httpx.Client
) -> None:
    assert post(browser, media, b"") >= 400
    assert post(browser, media, JPEG.ljust(LARGEST + 1)) >= 400
    assert post(browser, media, JPEG, Content_Type="text/html") == 403
    assert post(browser, media, JPEG, key="products/rose.jpg") == 403
    assert media.keys("", most=10) == []
    assert post(browser, media, JPEG.ljust(LARGEST)) == 204


# Looking, removing, listing


def test_what_is_put_says_what_it_is(media: S3Media) -> None:
    media.put("products/oat.webp", b"RIFF")

    answer = media.bucket.client.head_object(Bucket=media.bucket.name, Key="products/oat.webp")
    assert (answer["ContentType"], answer["CacheControl"]) == ("image/webp", FOR_EVER)


@pytest.mark.parametrize("key", ["products/a.svg", "products/a.html", "products/a", ""])
def test_what_is_no_picture_is_not_put(media: S3Media, key: str) -> None:
    with pytest.raises(Invalid):
        media.put(key, b"x")


def test_a_look_tells_how_large_a_picture_is_and_how_it_begins(media: S3Media) -> None:
    media.put(KEY, JPEG)
    media.put("products/short.jpg", b"ab")
    media.put("products/empty.jpg", b"")

    assert media.look(KEY) == Found(size=len(JPEG), first_bytes=JPEG[:FIRST_BYTES])
    assert media.look("products/short.jpg") == Found(size=2, first_bytes=b"ab")
    assert media.look("products/empty.jpg") == Found(size=0, first_bytes=b"")
    assert media.look("products/rose.jpg") is None


def test_removing_what_is_not_there_is_fine(media: S3Media) -> None:
    media.put(KEY, JPEG)
    media.remove(KEY)
    media.remove(KEY)

    assert not media.exists(KEY)


def test_keys_are_listed_in_order_by_their_beginning_and_so_many(media: S3Media) -> None:
    for key in ("products/b.jpg", "products/a/c.jpg", "products/a-1.jpg", "other/ä d.jpg"):
        media.put(key, JPEG)

    assert media.keys("products/", most=10) == [
        "products/a-1.jpg",
        "products/a/c.jpg",
        "products/b.jpg",
    ]
    assert media.keys("products/a", most=1) == ["products/a-1.jpg"]
    assert media.keys("other/", most=10) == ["other/ä d.jpg"]
    assert media.keys("products/x", most=10) == []
    assert media.keys("", most=4) == media.keys("", most=1000)


# Silence


@pytest.mark.parametrize("deed", ["put", "exists", "look", "remove", "keys"])
def test_a_silent_bucket_says_nothing(deed: str, caplog: pytest.LogCaptureFixture) -> None:
    media = S3Media(bucket_at("http://127.0.0.1:1", "pictures"), clock=FixedClock())

    deeds: dict[str, Callable[[], object]] = {
        "put": lambda: media.put(KEY, JPEG),
        "exists": lambda: media.exists(KEY),
        "look": lambda: media.look(KEY),
        "remove": lambda: media.remove(KEY),
        "keys": lambda: media.keys("", most=1),
    }

    with pytest.raises(Unavailable):
        deeds[deed]()
    assert "EndpointConnectionError" in caplog.text


def test_a_bucket_that_refuses_us_is_silent(s3_endpoint: str) -> None:
    gone = S3Media(bucket_at(s3_endpoint, "was-never-made"), clock=FixedClock())

    with pytest.raises(Unavailable):
        gone.put(KEY, JPEG)
    with pytest.raises(Unavailable):
        gone.keys("", most=1)
