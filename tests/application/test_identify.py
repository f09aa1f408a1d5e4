from __future__ import annotations

import pytest

from eterno.application.ports.access import Claims
from eterno.domain.audit import Actor
from eterno.domain.errors import Unauthenticated
from tests.application.doorkeeping import GOOD, Door


def test_a_token_speaks_for_an_admin_in_one_request(door: Door) -> None:
    token = door.enter("rosa")

    actor = door.identify(token, request_id="request-9")

    assert actor == Actor(admin_id=1, username="rosa", request_id="request-9")


def refused(door: Door, token: str) -> bool:
    try:
        door.who(token)
    except Unauthenticated as refusal:
        return refusal.detail == "Invalid or expired token"
    return False


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_nonsense_speaks_for_nobody(door: Door, token: str) -> None:
    assert refused(door, token)


def test_a_token_dies_after_an_hour(door: Door) -> None:
    token = door.enter("rosa")
    door.shop.wait(minutes=59)
    assert not refused(door, token)

    door.shop.wait(minutes=1)

    assert refused(door, token)


def test_a_token_dies_with_the_password(door: Door) -> None:
    token, of_ada = door.enter("rosa"), door.enter("ada")

    door.reset_password("rosa", "another good one")

    assert refused(door, token)
    assert not refused(door, of_ada)
    assert not refused(door, door.enter("rosa", "another good one"))


def test_a_token_dies_with_its_admin(door: Door) -> None:
    token = door.enter("rosa")

    door.disable_admin(None, "rosa")

    assert refused(door, token)


def test_a_disabled_admin_is_refused_whatever_her_token_says(door: Door) -> None:
    door.disable_admin(None, "rosa")
    rosa = door.admin("rosa")

    token = door.tokens.issue(Claims(admin_id=rosa.id, version=rosa.token_version))

    assert refused(door, token)


def test_a_token_of_nobody_we_know_is_refused(door: Door) -> None:
    assert refused(door, door.tokens.issue(Claims(admin_id=999, version=1)))


def test_a_token_of_the_future_is_refused_too(door: Door) -> None:
    assert refused(door, door.tokens.issue(Claims(admin_id=1, version=2)))


def test_an_old_password_gets_no_token(door: Door) -> None:
    door.reset_password("rosa", "another good one")

    with pytest.raises(Unauthenticated, match="Invalid credentials"):
        door.enter("rosa", GOOD)
