"""An admin hands a picture over to the shop itself."""

from __future__ import annotations

import pytest

from eterno.application.media.bring_picture import BringPicture
from eterno.application.media.request_upload import RequestUpload
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid, Unavailable
from eterno.domain.media import LARGEST
from tests.application.shop import Shop
from tests.application.staff import rosa_in, trail
from tests.support.pictures import JPEG, PNG


@pytest.fixture
def rosa(shop: Shop) -> Actor:
    return rosa_in(shop.store)


@pytest.fixture
def bring(shop: Shop) -> BringPicture:
    request_upload = RequestUpload(shop.store, shop.media, shop.ids)
    return BringPicture(shop.store, shop.media, request_upload)


def test_a_picture_is_stored_and_known_to_be_good(
    shop: Shop, rosa: Actor, bring: BringPicture
) -> None:
    key = bring(rosa, "Oat & Honey.JPG", "image/jpeg", JPEG)

    assert key.endswith("-oat-honey.jpg")
    assert shop.media.pictures == {key: JPEG}
    upload = shop.store.tables.uploads[key]
    assert (upload.size, upload.verified_at) == (len(JPEG), shop.clock.now())
    assert trail(shop.store) == [("announce picture", f"picture {key}")]


def test_it_can_be_shown_without_asking_the_picture_store_again(
    shop: Shop, rosa: Actor, bring: BringPicture
) -> None:
    key = bring(rosa, "oat.png", "image/png", PNG)
    shop.media.silent = True

    assert shop.pictures.attach(key) == key


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("image/png", JPEG),
        ("image/jpeg", b"<script>"),
        ("image/jpeg", b""),
        ("image/jpeg", JPEG + b"x" * LARGEST),
        ("image/svg+xml", b"<svg/>"),
        ("text/html", JPEG),
    ],
)
def test_what_is_no_picture_is_never_stored(
    shop: Shop, rosa: Actor, bring: BringPicture, content_type: str, data: bytes
) -> None:
    with pytest.raises(Invalid):
        bring(rosa, "oat.jpg", content_type, data)

    assert shop.media.pictures == {}


def test_a_silent_picture_store_is_said_so(shop: Shop, rosa: Actor, bring: BringPicture) -> None:
    shop.media.silent = True

    with pytest.raises(Unavailable):
        bring(rosa, "oat.jpg", "image/jpeg", JPEG)
