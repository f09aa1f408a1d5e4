from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.application.ports.store import AlreadyThere, Store
from eterno.domain.admins import Admin
from tests.contracts.race import rivals


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
