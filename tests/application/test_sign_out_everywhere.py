from __future__ import annotations

import pytest

from eterno.application.access.sign_out_everywhere import SignOutEverywhere
from eterno.domain.errors import Denied, Unauthenticated
from tests.application.doorkeeping import Door


@pytest.fixture
def sign_out_everywhere(door: Door) -> SignOutEverywhere:
    return SignOutEverywhere(door.shop.store)


def test_all_her_tokens_die_at_once_and_her_password_stays(
    door: Door, sign_out_everywhere: SignOutEverywhere
) -> None:
    phone, desk = door.enter("rosa"), door.enter("rosa")

    sign_out_everywhere(door.who(desk), " Rosa ")

    for token in (phone, desk):
        with pytest.raises(Unauthenticated):
            door.who(token)
    assert door.who(door.enter("rosa")).username == "rosa"


def test_nobody_else_is_signed_out(door: Door, sign_out_everywhere: SignOutEverywhere) -> None:
    adas = door.enter("ada")

    sign_out_everywhere(door.who(door.enter("rosa")), "rosa")

    assert door.who(adas).username == "ada"


def test_nobody_signs_another_out(door: Door, sign_out_everywhere: SignOutEverywhere) -> None:
    adas, trail = door.enter("ada"), door.trail

    for name in ("ada", "nobody"):
        with pytest.raises(Denied, match="only by herself"):
            sign_out_everywhere(door.who(door.enter("rosa")), name)

    assert door.who(adas).username == "ada"
    assert door.trail == trail


def test_it_is_written_down_that_she_did(
    door: Door, sign_out_everywhere: SignOutEverywhere
) -> None:
    sign_out_everywhere(door.who(door.enter("rosa")), "rosa")

    assert door.trail[-1] == ("rosa", "sign out everywhere", "admin rosa")
    line = door.shop.store.tables.audit[-1]
    assert (line.before, line.after) == ({"token_version": 1}, {"token_version": 2})
