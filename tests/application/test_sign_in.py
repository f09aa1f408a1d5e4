from __future__ import annotations

import pytest

from eterno.application.access.verify_password import MOST_GUESSES, TooManyGuesses
from eterno.application.ports.access import PasswordsBusy
from eterno.domain.errors import Unauthenticated
from tests.application.doorkeeping import GOOD, HOME, Door


def guess(door: Door, username: str = "rosa", client: str = HOME) -> str:
    """A wrong password; what came of it."""
    try:
        door.enter(username, "not her password", client=client)
    except Unauthenticated as refusal:
        return refusal.detail
    except TooManyGuesses as refusal:
        return refusal.code
    return "signed in"


WRONG, TOO_MANY = "Invalid credentials", "too_many_guesses"


def test_a_name_and_its_password_are_exchanged_for_a_token(door: Door) -> None:
    assert door.who(door.enter("rosa")).username == "rosa"


def test_a_name_may_be_typed_carelessly(door: Door) -> None:
    assert door.who(door.enter(" Rosa ")).username == "rosa"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("rosa", "not her password"),
        ("rosa", ""),
        ("rosa", GOOD + " "),
        ("rosa", GOOD.upper()),
        ("nobody", GOOD),
        ("", ""),
        ("not a name", GOOD),
        ("login", GOOD),
        ("x" * 10_000, GOOD),
        ("rosa\0", GOOD),
        ("\ud800", "\ud800"),
    ],
)
def test_anything_else_gets_one_and_the_same_answer(
    door: Door, username: str, password: str
) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        door.enter(username, password)

    assert refusal.value.detail == "Invalid credentials"
    assert len(door.passwords.looked_at) == 1, "and the same work"


def test_a_disabled_admin_gets_the_same_answer_after_the_same_work(door: Door) -> None:
    door.disable_admin(None, "rosa")

    with pytest.raises(Unauthenticated, match="Invalid credentials"):
        door.enter("rosa")

    assert len(door.passwords.looked_at) == 1


def test_whoever_guesses_ten_times_at_one_name_must_wait(door: Door) -> None:
    answers = [guess(door, client=f"198.51.100.{n}") for n in range(MOST_GUESSES + 2)]

    assert answers == [WRONG] * MOST_GUESSES + [TOO_MANY] * 2
    assert len(door.passwords.looked_at) == MOST_GUESSES, "what is refused costs no work"
    with pytest.raises(TooManyGuesses) as refusal:
        door.enter("rosa")
    assert refusal.value.retry_after == 300
    door.shop.wait(minutes=5)
    assert door.enter("rosa")


def test_whoever_guesses_ten_times_from_one_address_must_wait(door: Door) -> None:
    answers = [guess(door, f"nobody-{n}") for n in range(MOST_GUESSES + 1)]

    assert answers == [WRONG] * MOST_GUESSES + [TOO_MANY]
    with pytest.raises(TooManyGuesses):
        door.enter("rosa")
    assert door.enter("rosa", client="198.51.100.1"), "others are not affected"


def test_names_that_nobody_can_have_are_guesses_too_but_not_written_down(door: Door) -> None:
    typed = "my password, typed into the wrong box"

    answers = [guess(door, typed) for _ in range(MOST_GUESSES + 1)]

    assert answers[-1] == TOO_MANY
    assert list(door.shop.store.tables.attempts) == [f"login from {HOME}"]


def test_an_address_that_must_wait_does_not_use_up_the_tries_of_a_name(door: Door) -> None:
    for _ in range(MOST_GUESSES):
        guess(door, "nobody")

    for _ in range(MOST_GUESSES):
        assert guess(door, "rosa") == TOO_MANY

    assert door.enter("rosa", client="198.51.100.1")


def test_who_signs_in_uses_up_nobody_s_tries(door: Door) -> None:
    for _ in range(3 * MOST_GUESSES):
        assert door.enter("rosa")

    assert guess(door) == WRONG


def test_signing_in_does_not_give_a_guesser_more_tries(door: Door) -> None:
    for _ in range(MOST_GUESSES - 1):
        guess(door, client="198.51.100.1")
    door.enter("rosa")

    assert [guess(door, client="198.51.100.2") for _ in range(2)] == [WRONG, TOO_MANY]


def test_a_password_that_nobody_had_time_to_look_at_was_no_guess(door: Door) -> None:
    door.passwords.busy = True
    for _ in range(2 * MOST_GUESSES):
        with pytest.raises(PasswordsBusy):
            door.enter("rosa")

    door.passwords.busy = False

    assert door.enter("rosa")


def test_a_password_kept_in_an_old_way_is_kept_in_the_new_one_from_then_on(door: Door) -> None:
    before, token = door.admin("rosa"), door.enter("rosa")
    door.passwords.scheme = "plain2"

    door.enter("rosa")

    after = door.admin("rosa")
    assert before.password_hash.startswith("plain$")
    assert after.password_hash.startswith("plain2$")
    assert door.who(token).username == "rosa", "who is signed in stays so"
    assert door.enter("rosa")
    assert door.admin("rosa") == after, "once is enough"


def test_a_wrong_password_changes_nothing_about_how_the_right_one_is_kept(door: Door) -> None:
    before = door.admin("rosa")
    door.passwords.scheme = "plain2"

    guess(door)

    assert door.admin("rosa") == before


def test_a_password_changed_while_it_was_hashed_anew_stays_changed(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.passwords.scheme = "plain2"
    hash_it = door.passwords.hash

    def meanwhile(password: str) -> str:
        monkeypatch.setattr(door.passwords, "hash", hash_it)
        door.reset_password("rosa", "another good one")
        return hash_it(password)

    monkeypatch.setattr(door.passwords, "hash", meanwhile)

    door.enter("rosa", GOOD)

    assert door.enter("rosa", "another good one")
    with pytest.raises(Unauthenticated):
        door.enter("rosa", GOOD)


def test_a_store_that_collides_is_asked_again(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    door.shop.store.collisions = 2

    assert door.enter("rosa")
