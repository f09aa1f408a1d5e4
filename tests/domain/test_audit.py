from __future__ import annotations

import pytest

from eterno.domain.admins import Admin, check_username
from eterno.domain.audit import TERMINAL, Actor
from eterno.domain.errors import Invalid


def test_at_the_terminal_somebody_acts_whose_name_we_do_not_know() -> None:
    rosa = Admin(id=7, username="rosa", password_hash="…")

    actor = Actor.at_the_terminal(rosa)

    assert (actor.admin_id, actor.username, actor.request_id) == (7, TERMINAL, "eterno")


def test_nobody_is_called_like_a_terminal() -> None:
    with pytest.raises(Invalid):
        check_username(TERMINAL)
