from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from eterno.application.ports.media import TICKET_LIFETIME, Found, UploadTicket
from eterno.domain.errors import Unavailable
from eterno.domain.media import FIRST_BYTES, LARGEST
from tests.contracts.pictures import Pictures
from tests.support.pictures import JPEG, PNG

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


# Looking


def test_a_look_tells_how_large_a_picture_is_and_how_it_begins(pictures: Pictures) -> None:
    pictures.media.put(KEY, JPEG)

    found = pictures.media.look(KEY)

    assert found == Found(size=len(JPEG), first_bytes=JPEG[:FIRST_BYTES])


def test_of_a_short_one_it_tells_all(pictures: Pictures) -> None:
    pictures.media.put(KEY, b"ab")

    assert pictures.media.look(KEY) == Found(size=2, first_bytes=b"ab")


def test_where_nothing_is_there_is_nothing_to_see(pictures: Pictures) -> None:
    pictures.media.put(KEY, JPEG)

    assert pictures.media.look("products/rose.jpg") is None


# Removing


def test_a_removed_picture_is_gone_and_the_others_stay(pictures: Pictures) -> None:
    pictures.media.put(KEY, JPEG)
    pictures.media.put("products/rose.jpg", JPEG)
    pictures.media.remove(KEY)

    assert pictures.kept(KEY) is None
    assert pictures.kept("products/rose.jpg") == JPEG


def test_removing_what_is_not_there_is_fine(pictures: Pictures) -> None:
    pictures.media.remove(KEY)
    pictures.media.put(KEY, JPEG)
    pictures.media.remove(KEY)
    pictures.media.remove(KEY)

    assert not pictures.media.exists(KEY)


def test_where_one_was_removed_another_can_be_put(pictures: Pictures) -> None:
    pictures.media.put(KEY, JPEG)
    pictures.media.remove(KEY)
    pictures.media.put(KEY, PNG)

    assert pictures.kept(KEY) == PNG


# Listing


def test_keys_are_listed_in_order_by_their_beginning_and_so_many(pictures: Pictures) -> None:
    for key in ("products/b.jpg", "products/a/c.jpg", "products/a-1.jpg", "other/d.jpg"):
        pictures.media.put(key, JPEG)

    def listed(prefix: str, most: int = 10) -> list[str]:
        return list(pictures.media.keys(prefix, most=most))

    assert listed("products/") == ["products/a-1.jpg", "products/a/c.jpg", "products/b.jpg"]
    assert listed("products/a") == ["products/a-1.jpg", "products/a/c.jpg"]
    assert listed("products/", most=1) == ["products/a-1.jpg"]
    assert listed("products/x") == []
    assert len(listed("")) == 4


def test_where_nothing_was_ever_put_nothing_is_listed(pictures: Pictures) -> None:
    assert list(pictures.media.keys("products/", most=10)) == []


def test_a_silent_store_says_nothing(pictures: Pictures) -> None:
    pictures.fall_silent()

    with pytest.raises(Unavailable):
        pictures.media.look(KEY)
    with pytest.raises(Unavailable):
        pictures.media.remove(KEY)
    with pytest.raises(Unavailable):
        pictures.media.keys("", most=1)


# Tickets


def test_with_a_ticket_a_browser_brings_a_picture(pictures: Pictures) -> None:
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)

    assert ticket.key == KEY
    assert urlsplit(ticket.url).scheme in ("http", "https")
    assert pictures.bring(ticket, "image/jpeg", JPEG)
    assert pictures.kept(KEY) == JPEG


def test_a_ticket_may_be_used_again(pictures: Pictures) -> None:
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)
    pictures.bring(ticket, "image/jpeg", JPEG)

    assert pictures.bring(ticket, "image/jpeg", JPEG)
    assert pictures.kept(KEY) == JPEG


def test_a_ticket_has_its_time(own_pictures: Pictures) -> None:
    pictures = own_pictures
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)
    pictures.clock.advance(TICKET_LIFETIME - timedelta(seconds=1))
    assert pictures.bring(ticket, "image/jpeg", JPEG)
    pictures.clock.advance(timedelta(seconds=1))

    assert not pictures.bring(ticket, "image/jpeg", PNG)
    assert pictures.kept(KEY) == JPEG


def test_a_ticket_is_for_one_type(pictures: Pictures) -> None:
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)

    assert not pictures.bring(ticket, "text/html", JPEG)
    assert pictures.kept(KEY) is None


def test_a_ticket_is_for_the_announced_size(pictures: Pictures) -> None:
    ticket = pictures.media.ticket(KEY, "image/jpeg", len(JPEG))

    assert not pictures.bring(ticket, "image/jpeg", JPEG + b"x")
    assert not pictures.bring(ticket, "image/jpeg", JPEG[:-1])
    assert pictures.kept(KEY) is None
    assert pictures.bring(ticket, "image/jpeg", JPEG)


def test_nothing_larger_than_the_limit_is_taken(own_pictures: Pictures) -> None:
    pictures = own_pictures
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)

    assert not pictures.bring(ticket, "image/jpeg", JPEG.ljust(LARGEST + 1))
    assert pictures.kept(KEY) is None
    assert pictures.bring(ticket, "image/jpeg", JPEG.ljust(LARGEST))


def test_without_a_ticket_nothing_is_taken(pictures: Pictures) -> None:
    ticket = pictures.media.ticket(KEY, "image/jpeg", None)
    other = pictures.media.ticket("products/rose.jpg", "image/jpeg", None)
    forged = UploadTicket(url=ticket.url + "0", key=KEY)

    assert not pictures.bring(forged, "image/jpeg", JPEG)
    assert pictures.bring(other, "image/jpeg", JPEG)
    assert pictures.kept(KEY) is None


def test_a_ticket_is_given_out_even_while_the_store_is_silent(pictures: Pictures) -> None:
    pictures.fall_silent()

    assert pictures.media.ticket(KEY, "image/jpeg", None).key == KEY
