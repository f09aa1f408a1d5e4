from __future__ import annotations

from datetime import timedelta

import pytest

from eterno.application.ports.store import Store
from eterno.domain.media import Upload
from tests.builders import add_product, put_on_sale
from tests.contracts.conftest import Bench
from tests.contracts.race import rivals

KEY = "products/7-oat.jpg"
A_DAY = timedelta(hours=24)
NO_TIME = timedelta(0)


def announce(store: Store, key: str = KEY, *, size: int | None = None) -> Upload:
    with store.begin() as work:
        upload = Upload.of(key, at=work.now, size=size)
        work.uploads.add(upload)
    return upload


def want(store: Store, key: str = KEY) -> Upload | None:
    with store.begin() as work:
        return work.uploads.want(Upload.of(key, at=work.now))


def discard(store: Store, key: str = KEY, *, idle_for: timedelta = NO_TIME) -> bool:
    with store.begin() as work:
        upload = Upload.of(key, at=work.now)
        return work.uploads.discard(upload, work.now, idle_since=work.now - idle_for)


def unused(store: Store, *, idle_for: timedelta = A_DAY, most: int = 10) -> list[str]:
    with store.begin() as work:
        found = work.uploads.unused(work.now - idle_for, most=most)
    return [upload.key for upload in found]


def find(store: Store, key: str = KEY) -> Upload | None:
    with store.begin() as work:
        return work.uploads.find(key)


def test_an_announced_picture_is_known_as_it_was_announced(store: Store) -> None:
    upload = announce(store, size=100)

    assert find(store) == upload


@pytest.mark.parametrize("key", ["products/8.jpg", "", "%", "products/7-oat.jp\0", "\ud800"])
def test_nothing_else_is_known(store: Store, key: str) -> None:
    announce(store)

    assert find(store, key) is None


def test_a_key_is_announced_once(bench: Bench) -> None:
    announce(bench.store)

    with pytest.raises(bench.broken_rule):
        announce(bench.store)


# Wanted


def test_a_picture_that_nobody_knew_is_known_once_it_is_wanted(store: Store) -> None:
    wanted = want(store)

    assert wanted is not None
    assert (wanted.key, wanted.content_type, wanted.size) == (KEY, "image/jpeg", None)
    assert find(store) == wanted


def test_a_known_picture_that_is_wanted_keeps_what_was_known(bench: Bench) -> None:
    upload = announce(bench.store, size=100)
    bench.advance(A_DAY)

    wanted = want(bench.store)

    assert wanted is not None
    assert (wanted.size, wanted.created_at) == (100, upload.created_at)
    assert wanted.wanted_at - upload.wanted_at >= A_DAY
    assert find(bench.store) == wanted


def test_what_somebody_made_sure_of_is_noted(store: Store) -> None:
    announce(store, size=100)
    with store.begin() as work:
        work.uploads.vouch(KEY, work.now, size=90)
        now = work.now

    upload = find(store)

    assert upload is not None
    assert (upload.size, upload.verified_at, upload.discarded_at) == (90, now, None)


# Discarded


@pytest.mark.parametrize("known", [True, False])
def test_a_picture_that_nothing_shows_can_be_discarded(store: Store, known: bool) -> None:
    if known:
        announce(store)

    assert discard(store)
    upload = find(store)
    assert upload is not None
    assert upload.discarded_at is not None


def test_one_that_is_discarded_can_no_longer_be_wanted(store: Store) -> None:
    announce(store)
    discard(store)
    discarded = find(store)

    assert want(store) is None
    assert find(store) == discarded


def test_discarding_again_is_fine(store: Store) -> None:
    announce(store)
    discard(store)

    assert discard(store, idle_for=A_DAY)


def test_one_that_was_wanted_lately_is_not_discarded(bench: Bench) -> None:
    announce(bench.store)
    bench.advance(A_DAY)
    want(bench.store)

    assert not discard(bench.store, idle_for=A_DAY)
    assert want(bench.store)
    bench.advance(A_DAY)
    assert discard(bench.store, idle_for=A_DAY)


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("of_variant", [False, True])
def test_one_that_is_shown_is_not_discarded(store: Store, archived: bool, of_variant: bool) -> None:
    assert not shown(store)
    if of_variant:
        put_on_sale(store, img_key=KEY, archived=archived)
    else:
        add_product(store, img_key=KEY, archived=archived)

    assert shown(store)
    assert not discard(store)
    assert find(store) is None


def shown(store: Store) -> bool:
    with store.begin() as work:
        return work.uploads.is_shown(KEY)


def test_of_one_who_wants_it_and_one_who_discards_it_at_once_the_second_gives_way(
    store: Store,
) -> None:
    announce(store)
    with rivals() as start:
        with store.begin() as work:
            assert work.uploads.want(Upload.of(KEY, at=work.now + timedelta(minutes=1)))
            rival = start(lambda: discard(store))
            rival.must_wait()
        assert not rival.result()

    announce(store, "products/8.jpg")
    with rivals() as start:
        with store.begin() as work:
            upload = Upload.of("products/8.jpg", at=work.now)
            assert work.uploads.discard(upload, work.now, idle_since=work.now)
            late = start(lambda: want(store, "products/8.jpg"))
            late.must_wait()
        assert late.result() is None


# Unused, and forgotten


def test_what_nobody_wanted_for_long_and_nothing_shows_is_unused_the_longest_idle_first(
    bench: Bench,
) -> None:
    store = bench.store
    for key in ("products/c.jpg", "products/a.jpg", "products/b.jpg", "products/shown.jpg"):
        announce(store, key)
        bench.advance(timedelta(minutes=1))
    add_product(store, img_key="products/shown.jpg", archived=True)
    assert unused(store) == []

    bench.advance(A_DAY)
    announce(store, "products/new.jpg")
    want(store, "products/c.jpg")

    assert unused(store) == ["products/a.jpg", "products/b.jpg"]
    assert unused(store, most=1) == ["products/a.jpg"]


def test_what_is_discarded_is_unused_however_lately_it_was_wanted(store: Store) -> None:
    announce(store)
    discard(store)

    assert unused(store) == [KEY]


def test_what_is_gone_is_forgotten_and_may_be_wanted_anew(store: Store) -> None:
    announce(store)
    discard(store)
    with store.begin() as work:
        work.uploads.forget(KEY)
        work.uploads.forget(KEY)

    assert find(store) is None
    assert want(store)


def test_what_is_not_discarded_is_not_forgotten(store: Store) -> None:
    announce(store)
    with store.begin() as work:
        work.uploads.forget(KEY)

    assert find(store)
