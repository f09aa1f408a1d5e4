from __future__ import annotations

import pytest

from eterno.application.access.enable_admin import EnableAdmin
from eterno.domain.audit import TERMINAL
from eterno.domain.errors import NotFound, Unauthenticated
from tests.application.doorkeeping import Door


def test_who_is_enabled_signs_in_with_the_password_she_had(door: Door) -> None:
    old = door.enter("ada")
    door.disable_admin(None, "ada")

    assert EnableAdmin(door.shop.store)(" Ada ").active

    assert door.who(door.enter("ada")).username == "ada"
    with pytest.raises(Unauthenticated):
        door.who(old)
    assert door.trail[-1] == (TERMINAL, "enable admin", "admin ada")


def test_enabling_somebody_again_changes_nothing(door: Door) -> None:
    before, trail = door.admin("ada"), door.trail

    EnableAdmin(door.shop.store)("ada")

    assert (door.admin("ada"), door.trail) == (before, trail)


def test_nobody_by_that_name(door: Door) -> None:
    with pytest.raises(NotFound):
        EnableAdmin(door.shop.store)("nobody")
