from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from eterno.domain.errors import Unavailable
from tests.contracts.pictures import Pictures

KEY = "products/oat.jpg"


def test_a_picture_is_kept(pictures: Pictures) -> None:
    pictures.media.put(KEY, b"a picture")

    assert pictures.media.exists(KEY)
    assert pictures.kept(KEY) == b"a picture"


def test_nothing_is_there_that_was_not_put(pictures: Pictures) -> None:
    pictures.media.put(KEY, b"a picture")

    assert not pictures.media.exists("products/rose.jpg")
    assert not pictures.media.exists("products")


def test_a_picture_replaces_the_one_before(pictures: Pictures) -> None:
    pictures.media.put(KEY, b"a picture")
    pictures.media.put(KEY, b"a better one")

    assert pictures.kept(KEY) == b"a better one"


def test_an_address_is_absolute_and_stable(pictures: Pictures) -> None:
    before = pictures.media.url(KEY)
    pictures.media.put(KEY, b"a picture")

    assert pictures.media.url(KEY) == before
    assert urlsplit(before).scheme in ("http", "https")
    assert urlsplit(before).netloc


def test_every_picture_has_an_address_of_its_own(pictures: Pictures) -> None:
    assert pictures.media.url(KEY) != pictures.media.url("products/rose.jpg")


def test_an_address_is_known_even_while_the_store_is_silent(pictures: Pictures) -> None:
    before = pictures.media.url(KEY)
    pictures.fall_silent()

    assert pictures.media.url(KEY) == before


def test_a_silent_store_keeps_nothing(pictures: Pictures) -> None:
    pictures.fall_silent()

    with pytest.raises(Unavailable):
        pictures.media.put(KEY, b"a picture")
