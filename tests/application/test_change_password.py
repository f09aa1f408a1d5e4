from __future__ import annotations

import pytest

from eterno.application.access.verify_password import MOST_GUESSES, TooManyGuesses
from eterno.domain.audit import TERMINAL
from eterno.domain.errors import Denied, Invalid, NotFound, Unauthenticated
from tests.application.doorkeeping import GOOD, Door

BETTER = "rosemary & sage"


def test_an_admin_changes_her_password(door: Door) -> None:
    token = door.enter("rosa")

    door.change_password(door.who(token), "rosa", current=GOOD, new=BETTER)

    assert door.enter("rosa", BETTER)
    with pytest.raises(Unauthenticated):
        door.enter("rosa", GOOD)
    with pytest.raises(Unauthenticated):
        door.who(token)


def test_it_is_written_down_that_she_did_and_no_password(door: Door) -> None:
    door.change_password(door.who(door.enter("rosa")), "rosa", current=GOOD, new=BETTER)

    line = door.shop.store.tables.audit[-1]
    assert (line.actor.username, line.action, line.subject) == (
        "rosa",
        "change password",
        "admin rosa",
    )
    assert (line.before, line.after) == ({"token_version": 1}, {"token_version": 2})


def test_nobody_changes_another_s(door: Door) -> None:
    rosa = door.who(door.enter("rosa"))

    with pytest.raises(Denied):
        door.change_password(rosa, "ada", current=GOOD, new=BETTER)

    assert door.enter("ada", GOOD)


def test_a_token_alone_is_not_enough(door: Door) -> None:
    rosa = door.who(door.enter("rosa"))

    with pytest.raises(Denied, match="not the current password"):
        door.change_password(rosa, "rosa", current="found a token", new=BETTER)

    assert door.enter("rosa", GOOD)


def test_who_found_a_token_cannot_guess_on(door: Door) -> None:
    rosa = door.who(door.enter("rosa"))
    for _ in range(MOST_GUESSES):
        with pytest.raises(Denied):
            door.change_password(rosa, "rosa", current="found a token", new=BETTER)

    with pytest.raises(TooManyGuesses):
        door.change_password(rosa, "rosa", current=GOOD, new=BETTER)

    assert door.enter("rosa"), "signing in is another matter"


def test_the_new_password_must_be_good(door: Door) -> None:
    rosa = door.who(door.enter("rosa"))

    with pytest.raises(Invalid, match="new_password"):
        door.change_password(rosa, "rosa", current=GOOD, new="I am rosa, hello")

    assert door.enter("rosa", GOOD)


def test_who_was_disabled_in_the_meantime_changes_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa = door.who(door.enter("rosa"))
    hash_it = door.passwords.hash

    def meanwhile(password: str) -> str:
        door.disable_admin(None, "rosa")
        return hash_it(password)

    monkeypatch.setattr(door.passwords, "hash", meanwhile)

    with pytest.raises(Unauthenticated):
        door.change_password(rosa, "rosa", current=GOOD, new=BETTER)

    assert door.passwords.verify(GOOD, door.admin("rosa").password_hash)


# At the terminal


def test_a_forgotten_password_is_replaced(door: Door) -> None:
    assert door.reset_password(" Rosa ", BETTER).username == "rosa"

    assert door.enter("rosa", BETTER)
    assert door.trail[-1] == (TERMINAL, "reset password", "admin rosa")


def test_a_poor_one_is_refused_there_too(door: Door) -> None:
    with pytest.raises(Invalid):
        door.reset_password("rosa", "short")


def test_nobody_gets_no_password(door: Door) -> None:
    with pytest.raises(NotFound, match=r"^Admin not found$"):
        door.reset_password("nobody", BETTER)
