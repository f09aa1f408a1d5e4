from __future__ import annotations

import pytest

from eterno.adapters.memory.access import PlainPasswords
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.ports.store import AlreadyThere
from eterno.domain.audit import TERMINAL, Actor
from eterno.domain.errors import Invalid
from tests.application.shop import Shop

GOOD = "lavender & thyme"


@pytest.fixture
def create_admin(shop: Shop) -> CreateAdmin:
    return CreateAdmin(shop.store, PlainPasswords())


def test_a_new_admin_can_be_found_by_her_name(shop: Shop, create_admin: CreateAdmin) -> None:
    rosa = create_admin(" Rosa ", GOOD)

    assert (rosa.username, rosa.active, rosa.token_version) == ("rosa", True, 1)
    with shop.store.begin() as work:
        assert work.admins.find("rosa") == rosa


def test_only_a_hash_of_her_password_is_kept(create_admin: CreateAdmin) -> None:
    rosa = create_admin("rosa", GOOD)

    assert rosa.password_hash != GOOD
    assert PlainPasswords().verify(GOOD, rosa.password_hash)


def test_admins_have_different_ids(create_admin: CreateAdmin) -> None:
    assert create_admin("rosa", GOOD).id != create_admin("ada", GOOD).id


def test_a_name_is_given_once_in_whatever_case(shop: Shop, create_admin: CreateAdmin) -> None:
    rosa = create_admin("rosa", GOOD)

    with pytest.raises(AlreadyThere, match="username"):
        create_admin("ROSA", "another good one")

    with shop.store.begin() as work:
        assert work.admins.find("rosa") == rosa
        assert work.admins.count() == 1


@pytest.mark.parametrize(
    ("username", "password"), [("r", GOOD), ("rosa", "short"), ("lavender", GOOD)]
)
def test_a_poor_name_or_password_is_refused(
    shop: Shop, create_admin: CreateAdmin, username: str, password: str
) -> None:
    with pytest.raises(Invalid):
        create_admin(username, password)

    with shop.store.begin() as work:
        assert work.admins.count() == 0


def test_it_is_written_down_who_made_her_and_no_password(
    shop: Shop, create_admin: CreateAdmin
) -> None:
    rosa = create_admin("rosa", GOOD)
    actor = Actor(admin_id=rosa.id, username="rosa", request_id="request-1")

    create_admin("ada", GOOD, by=actor)

    first, second = shop.store.tables.audit
    assert (first.actor.username, first.subject) == (TERMINAL, "admin rosa")
    assert (second.actor, second.action, second.subject) == (actor, "create admin", "admin ada")
    assert second.before is None
    assert second.after == {"id": 2, "username": "ada", "active": True, "token_version": 1}
