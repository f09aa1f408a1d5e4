from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain.admins import Admin
from eterno.domain.errors import NotFound
from tests.contracts.conftest import Bench
from tests.contracts.race import rivals
from tests.contracts.test_store import Trouble


def add(store: Store, username: str, **changes: object) -> Admin:
    with store.begin() as work:
        admin = Admin(id=work.admins.next_id(), username=username, password_hash="$argon2id$…")
        admin = replace(admin, **changes)  # type: ignore[arg-type]
        work.admins.add(admin)
    return admin


def test_an_admin_is_found_by_her_name_as_she_is(store: Store) -> None:
    rosa = add(store, "rosa", token_version=3)
    add(store, "ada")

    with store.begin() as work:
        assert work.admins.find("rosa") == rosa


@pytest.mark.parametrize("name", ["", "Rosa", "ros", "rosa ", "%", "' OR 1=1", "rosa\0", "\ud800"])
def test_nobody_else_is_found(store: Store, name: str) -> None:
    add(store, "rosa")

    with store.begin() as work:
        assert work.admins.find(name) is None


def test_a_name_belongs_to_one_admin(store: Store) -> None:
    add(store, "rosa")

    with pytest.raises(AlreadyThere) as refusal:
        add(store, "rosa")

    assert refusal.value.name == "username"


def test_the_name_of_a_disabled_admin_stays_her_own(store: Store) -> None:
    add(store, "rosa", active=False)

    with pytest.raises(AlreadyThere):
        add(store, "rosa")


def test_only_active_admins_are_counted(store: Store) -> None:
    with store.begin() as work:
        assert work.admins.count() == 0
    add(store, "rosa")
    add(store, "ada")
    add(store, "gone", active=False)

    with store.begin() as work:
        assert work.admins.count() == 2


def test_of_two_who_take_a_name_at_once_one_gets_it(store: Store) -> None:
    with rivals() as start:
        with store.begin() as work:
            rosa = Admin(id=work.admins.next_id(), username="rosa", password_hash="first")
            work.admins.add(rosa)
            rival = start(lambda: add(store, "rosa"))
            rival.must_wait()

        with pytest.raises(AlreadyThere):
            rival.result()


def test_an_admin_is_found_by_her_id(store: Store) -> None:
    rosa, _ = add(store, "rosa"), add(store, "ada")

    with store.begin() as work:
        assert work.admins.find_by_id(rosa.id) == rosa
        assert work.admins.find_by_id(999) is None


def test_all_admins_are_listed_by_id_disabled_ones_too(store: Store) -> None:
    rosa, gone, ada = add(store, "rosa"), add(store, "gone", active=False), add(store, "ada")

    with store.begin() as work:
        assert list(work.admins.all()) == [rosa, gone, ada]


def test_what_has_changed_of_an_admin_is_kept(store: Store) -> None:
    add(store, "rosa")
    with store.begin() as work:
        changed = work.admins.hold("rosa").with_password("another").disable()
        work.admins.save(changed)

    with store.begin() as work:
        assert work.admins.find("rosa") == changed
        assert work.admins.count() == 0


def test_what_was_not_committed_is_forgotten(store: Store) -> None:
    rosa = add(store, "rosa")
    with suppress(Trouble), store.begin() as work:
        work.admins.save(work.admins.hold("rosa").disable())
        raise Trouble

    with store.begin() as work:
        assert work.admins.find("rosa") == rosa


@pytest.mark.parametrize("name", ["nobody", "", "rosa\0", "\ud800"])
def test_nobody_cannot_be_held_and_is_not_named(store: Store, name: str) -> None:
    add(store, "rosa")

    with pytest.raises(NotFound) as refusal, store.begin() as work:
        work.admins.hold(name)

    assert refusal.value.detail == "Admin not found"


def test_who_is_held_is_kept_from_everybody_else(bench: Bench) -> None:
    store = bench.store
    add(store, "rosa")

    def change() -> None:
        with store.begin() as work:
            work.admins.save(work.admins.hold("rosa").with_password("second"))

    with rivals() as start:
        with store.begin() as work:
            held = work.admins.hold("rosa")
            rival = start(change)
            rival.must_wait()
            work.admins.save(held.with_password("first"))
        rival.result()

    with store.begin() as work:
        rosa = work.admins.find("rosa")
    assert rosa is not None
    assert (rosa.password_hash, rosa.token_version) == ("second", 3)
