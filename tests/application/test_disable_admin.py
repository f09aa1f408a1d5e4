from __future__ import annotations

import pytest

from eterno.application.access.disable_admin import LastAdmin
from eterno.application.ports.store import AlreadyThere
from eterno.domain.audit import TERMINAL
from eterno.domain.errors import NotFound, Unauthenticated
from tests.application.doorkeeping import GOOD, Door


def test_who_is_disabled_cannot_sign_in_any_more(door: Door) -> None:
    rosa = door.who(door.enter("rosa"))

    door.disable_admin(rosa, " Ada ")

    with pytest.raises(Unauthenticated):
        door.enter("ada")
    assert door.trail[-1] == ("rosa", "disable admin", "admin ada")
    line = door.shop.store.tables.audit[-1]
    assert line.before == {"active": True, "token_version": 1}
    assert line.after == {"active": False, "token_version": 2}


def test_her_name_stays_hers(door: Door) -> None:
    door.disable_admin(None, "ada")

    with pytest.raises(AlreadyThere):
        door.create_admin("ada", GOOD)


def test_disabling_somebody_again_changes_nothing(door: Door) -> None:
    door.disable_admin(None, "ada")
    disabled, trail = door.admin("ada"), door.trail

    door.disable_admin(None, "ada")

    assert (door.admin("ada"), door.trail) == (disabled, trail)


def test_an_admin_may_leave_by_herself(door: Door) -> None:
    door.disable_admin(door.who(door.enter("ada")), "ada")

    assert not door.admin("ada").active


def test_the_last_admin_stays(door: Door) -> None:
    door.disable_admin(None, "ada")
    token = door.enter("rosa")

    with pytest.raises(LastAdmin):
        door.disable_admin(door.who(token), "rosa")

    assert door.who(token).username == "rosa"


def test_nobody_cannot_be_disabled(door: Door) -> None:
    with pytest.raises(NotFound, match=r"^Admin not found$"):
        door.disable_admin(None, "nobody")


def test_at_the_terminal_it_is_written_down_too(door: Door) -> None:
    door.disable_admin(None, "ada")

    assert door.trail[-1] == (TERMINAL, "disable admin", "admin ada")
