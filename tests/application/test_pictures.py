"""Bringing a picture, putting it to use, and what becomes of it when nothing shows it any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from eterno.application.media.pictures import Pictures, drop_picture
from eterno.application.media.remove_pictures import AT_ONCE, ATTACHING, UNUSED, SweepMedia
from eterno.application.media.request_upload import RequestUpload
from eterno.domain.admins import Admin
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid, Unavailable
from eterno.domain.media import LARGEST, Upload
from tests.application.shop import Shop
from tests.builders import add_product, put_on_sale
from tests.support.pictures import JPEG, PNG, WEBP

KEY = "products/7-oat.jpg"
A_MOMENT = timedelta(seconds=1)


@pytest.fixture
def actor(shop: Shop) -> Actor:
    with shop.store.begin() as work:
        rosa = Admin(id=work.admins.next_id(), username="rosa", password_hash="hash")
        work.admins.add(rosa)
    return Actor(admin_id=rosa.id, username="rosa", request_id="request-1")


@pytest.fixture
def request_upload(shop: Shop) -> RequestUpload:
    return RequestUpload(shop.store, shop.media, shop.ids)


@pytest.fixture
def pictures(shop: Shop) -> Pictures:
    return Pictures(shop.store, shop.media)


@pytest.fixture
def sweep(shop: Shop) -> SweepMedia:
    return SweepMedia(shop.store, shop.media)


def uploads(shop: Shop) -> dict[str, Upload]:
    return shop.store.tables.uploads


def drop(shop: Shop, before: str | None, after: str | None = None) -> None:
    with shop.store.begin() as work:
        drop_picture(work, shop.ids, before, after)


# Bringing


def test_an_admin_gets_leave_to_bring_one_picture(
    shop: Shop, request_upload: RequestUpload, actor: Actor
) -> None:
    ticket = request_upload(actor, "Oat & Honey.jpeg", "image/jpeg")

    assert shop.media.receive(ticket.url, "image/jpeg", JPEG)
    assert shop.media.pictures == {ticket.key: JPEG}
    assert ticket.key.endswith("-oat-honey.jpg")


def test_an_announced_picture_is_known_before_it_is_brought(
    shop: Shop, request_upload: RequestUpload, actor: Actor
) -> None:
    ticket = request_upload(actor, "oat.jpg", "image/jpeg", 100)

    (upload,) = uploads(shop).values()
    assert (upload.key, upload.content_type, upload.size) == (ticket.key, "image/jpeg", 100)
    (entry,) = shop.store.tables.audit
    assert (entry.action, entry.subject) == ("announce picture", f"picture {ticket.key}")


def test_asking_twice_gives_two_places(request_upload: RequestUpload, actor: Actor) -> None:
    first, second = (request_upload(actor, "oat.jpg", "image/jpeg") for _ in range(2))

    assert first.key != second.key
    assert first.url != second.url


@pytest.mark.parametrize(
    ("announced", "field"),
    [
        (("oat.svg", "image/svg+xml"), "contentType"),
        (("oat.jpg", "image/jpeg", LARGEST + 1), "size"),
        (("oat.jpg", "image/jpeg", 0), "size"),
        (("", "image/jpeg"), "fileName"),
    ],
)
def test_what_cannot_be_shown_is_not_announced(
    shop: Shop,
    request_upload: Callable[..., object],
    actor: Actor,
    announced: tuple[object, ...],
    field: str,
) -> None:
    with pytest.raises(Invalid) as refusal:
        request_upload(actor, *announced)

    assert refusal.value.faults[0].field == field
    assert not uploads(shop)


# Putting to use


def test_a_picture_that_is_there_and_is_one_may_be_shown(shop: Shop, pictures: Pictures) -> None:
    shop.media.put(KEY, JPEG)

    assert pictures.attach(KEY) == KEY
    assert uploads(shop)[KEY].verified_at == shop.clock.now()
    assert uploads(shop)[KEY].size == len(JPEG)


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_picture_is_fine(shop: Shop, pictures: Pictures, nothing: str | None) -> None:
    shop.media.silent = True

    assert pictures.attach(nothing) is None


def test_a_picture_that_was_never_brought_cannot_be_shown(
    pictures: Pictures, request_upload: RequestUpload, actor: Actor
) -> None:
    ticket = request_upload(actor, "oat.jpg", "image/jpeg")

    with pytest.raises(Invalid) as refusal:
        pictures.attach(ticket.key)

    assert refusal.value.faults[0].field == "img_key"


@pytest.mark.parametrize(
    "data", [PNG, b"<script>alert(1)</script>", b"", JPEG + b"x" * LARGEST], ids=lambda d: len(d)
)
def test_what_is_no_picture_of_its_type_or_too_large_is_refused_and_removed(
    shop: Shop, pictures: Pictures, data: bytes
) -> None:
    shop.media.put(KEY, data)

    with pytest.raises(Invalid) as refusal:
        pictures.attach(KEY)

    assert refusal.value.faults[0].field == "img_key"
    assert shop.media.pictures == {}


@pytest.mark.parametrize("key", ["secrets/7.jpg", "products/../7.jpg", "products/7.svg", "7"])
def test_a_key_that_leads_elsewhere_is_refused_unseen(
    shop: Shop, pictures: Pictures, key: str
) -> None:
    shop.media.put(key, JPEG)

    with pytest.raises(Invalid):
        pictures.attach(key)

    assert shop.media.exists(key)
    assert not uploads(shop)


def test_a_picture_is_looked_at_once(shop: Shop, pictures: Pictures) -> None:
    shop.media.put(KEY, JPEG)
    pictures.attach(KEY)
    shop.media.silent = True

    assert pictures.attach(KEY) == KEY


@pytest.mark.parametrize("archived", [False, True])
def test_a_picture_that_is_shown_already_needs_no_look(
    shop: Shop, pictures: Pictures, archived: bool
) -> None:
    add_product(shop.store, img_key=KEY, archived=archived)
    shop.media.silent = True

    assert pictures.attach(KEY) == KEY


def test_while_the_picture_store_is_silent_a_new_picture_has_to_wait(
    shop: Shop, pictures: Pictures
) -> None:
    shop.media.put(KEY, JPEG)
    shop.media.silent = True

    with pytest.raises(Unavailable):
        pictures.attach(KEY)


# No longer shown


def test_a_picture_that_nothing_shows_any_more_is_removed(shop: Shop, pictures: Pictures) -> None:
    shop.media.put(KEY, JPEG)
    pictures.attach(KEY)
    shop.wait(minutes=10)
    drop(shop, KEY, "products/8-better.jpg")
    shop.deliver()

    assert shop.media.pictures == {}
    assert not uploads(shop)


def test_also_one_that_was_never_announced(shop: Shop) -> None:
    shop.media.put(KEY, JPEG)
    drop(shop, KEY)
    shop.deliver()

    assert shop.media.pictures == {}
    assert not uploads(shop)


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("of_variant", [False, True])
def test_a_picture_that_something_else_shows_stays(
    shop: Shop, archived: bool, of_variant: bool
) -> None:
    shop.media.put(KEY, JPEG)
    if of_variant:
        put_on_sale(shop.store, img_key=KEY, archived=archived)
    else:
        add_product(shop.store, img_key=KEY, archived=archived)
    drop(shop, KEY)
    shop.deliver()

    assert shop.media.exists(KEY)
    assert not uploads(shop)


def test_a_picture_that_somebody_is_about_to_show_stays_for_now(
    shop: Shop, pictures: Pictures, sweep: SweepMedia
) -> None:
    shop.media.put(KEY, JPEG)
    drop(shop, KEY)
    pictures.attach(KEY)  # for another product, which is not saved yet
    shop.deliver()
    assert shop.media.exists(KEY)

    shop.clock.advance(UNUSED)
    sweep()

    assert not shop.media.exists(KEY)


def test_a_picture_that_is_being_removed_can_no_longer_be_shown(
    shop: Shop, pictures: Pictures
) -> None:
    shop.media.put(KEY, JPEG)
    pictures.attach(KEY)
    shop.clock.advance(ATTACHING)
    drop(shop, KEY)
    shop.media.silent = True
    shop.deliver()
    shop.media.silent = False

    with pytest.raises(Invalid):
        pictures.attach(KEY)

    shop.wait(minutes=1)
    shop.deliver()
    assert shop.media.pictures == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, None), (None, KEY), ("", KEY), (KEY, KEY), ("elsewhere/7.jpg", None), ("7.bmp", KEY)],
)
def test_where_nothing_was_dropped_there_is_nothing_to_remove(
    shop: Shop, before: str | None, after: str | None
) -> None:
    drop(shop, before, after)

    assert not shop.news


# The sweep


def test_what_was_announced_and_never_brought_is_forgotten_after_a_day(
    shop: Shop, request_upload: RequestUpload, actor: Actor, sweep: SweepMedia
) -> None:
    request_upload(actor, "oat.jpg", "image/jpeg")
    shop.clock.advance(UNUSED - A_MOMENT)
    assert sweep() == 0
    shop.clock.advance(A_MOMENT)

    assert sweep() == 1
    assert sweep() == 0
    assert not uploads(shop)


def test_what_was_brought_and_not_put_to_use_is_removed_after_a_day(
    shop: Shop, request_upload: RequestUpload, actor: Actor, sweep: SweepMedia
) -> None:
    ticket = request_upload(actor, "oat.webp", "image/webp")
    shop.media.receive(ticket.url, "image/webp", WEBP)
    shop.clock.advance(UNUSED)
    sweep()

    assert shop.media.pictures == {}
    assert not uploads(shop)


@pytest.mark.parametrize("archived", [False, True])
def test_what_is_shown_is_never_swept(
    shop: Shop, pictures: Pictures, sweep: SweepMedia, archived: bool
) -> None:
    shop.media.put(KEY, JPEG)
    add_product(shop.store, img_key=pictures.attach(KEY), archived=archived)
    shop.wait(days=400)

    assert sweep() == 0
    assert shop.media.exists(KEY)


def test_what_was_wanted_again_is_not_swept_at_once(
    shop: Shop, pictures: Pictures, sweep: SweepMedia
) -> None:
    shop.media.put(KEY, JPEG)
    pictures.attach(KEY)
    shop.wait(hours=23)
    pictures.attach(KEY)
    shop.wait(hours=23)

    assert sweep() == 0
    assert shop.media.exists(KEY)


def test_the_sweep_goes_on_where_it_died(shop: Shop, pictures: Pictures, sweep: SweepMedia) -> None:
    shop.media.put(KEY, JPEG)
    pictures.attach(KEY)
    shop.clock.advance(UNUSED)
    shop.media.silent = True
    with pytest.raises(Unavailable):
        sweep()
    assert uploads(shop)[KEY].discarded_at
    shop.media.silent = False

    assert sweep() == 1
    assert shop.media.pictures == {}
    assert not uploads(shop)


def test_the_sweep_takes_so_many_at_once(shop: Shop, sweep: SweepMedia) -> None:
    with shop.store.begin() as work:
        for number in range(AT_ONCE + 1):
            work.uploads.add(Upload.of(f"products/{number}.jpg", at=work.now))
    shop.clock.advance(UNUSED)

    assert [sweep(), sweep(), sweep()] == [AT_ONCE, 1, 0]


def test_a_picture_that_came_into_use_since_the_sweep_looked_stays(
    shop: Shop, pictures: Pictures, sweep: SweepMedia, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = "products/1.jpg", "products/2.jpg"
    for key in (first, second):
        shop.media.put(key, JPEG)
        pictures.attach(key)
    shop.clock.advance(UNUSED)
    remove = shop.media.remove

    def attach_meanwhile(key: str) -> None:
        remove(key)
        if key == first:
            add_product(shop.store, img_key=pictures.attach(second))

    monkeypatch.setattr(shop.media, "remove", attach_meanwhile)
    sweep()

    assert set(shop.media.pictures) == {second}
