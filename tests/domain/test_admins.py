from __future__ import annotations

import pytest

from eterno.domain.admins import Admin, check_password, check_username, plain_username
from eterno.domain.errors import Invalid


def test_a_username_is_kept_in_small_letters() -> None:
    assert check_username(" Rosa.Owner-1_x ") == "rosa.owner-1_x"


def test_a_name_is_looked_up_as_it_would_be_kept() -> None:
    assert plain_username(" ROSA ") == "rosa"
    assert plain_username("nobody at all") == "nobody at all"


@pytest.mark.parametrize(
    "name",
    ["", "r", "x" * 41, "rosa owner", ".rosa", "rösa", "rosa\n1", "a\0b", "(terminal)", "login"],
)
def test_nobody_is_called(name: str) -> None:
    with pytest.raises(Invalid, match="username"):
        check_username(name)


def test_a_good_password_is_left_alone() -> None:
    assert check_password("  Lavender & thyme 7 ", "rosa") == "  Lavender & thyme 7 "


@pytest.mark.parametrize("length", [12, 128])
def test_a_password_of_that_length_is_fine(length: int) -> None:
    check_password(("lavender&thyme" * 10)[:length], "rosa")


@pytest.mark.parametrize("length", [0, 11, 129])
def test_a_password_of_that_length_is_not(length: int) -> None:
    with pytest.raises(Invalid, match="12 to 128 characters"):
        check_password(("lavender&thyme" * 10)[:length], "rosa")


@pytest.mark.parametrize(
    "password", ["SoapSoapSoap", "passwordPASSWORD", "aaaaaaaaaaaa", "abcabcabcabc"]
)
def test_everybody_would_guess(password: str) -> None:
    with pytest.raises(Invalid, match="too common"):
        check_password(password, "rosa")


def test_a_password_does_not_contain_the_username_in_whatever_case() -> None:
    with pytest.raises(Invalid, match="must not contain the username"):
        check_password("lavender&ROSA&thyme", "rosa")


def test_what_is_wrong_is_named_as_it_was_asked_for() -> None:
    with pytest.raises(Invalid, match="new_password: 12 to 128"):
        check_password("short", "rosa", field="new_password")


ROSA = Admin(id=1, username="rosa", password_hash="old")


def test_another_password_ends_all_tokens() -> None:
    changed = ROSA.with_password("new")

    assert (changed.password_hash, changed.token_version, changed.active) == ("new", 2, True)


def test_the_same_password_hashed_anew_ends_none() -> None:
    rehashed = ROSA.rehashed("new")

    assert (rehashed.password_hash, rehashed.token_version) == ("new", 1)


def test_whoever_signs_out_everywhere_keeps_her_password_and_no_token() -> None:
    signed_out = ROSA.sign_out()

    assert (signed_out.token_version, signed_out.password_hash, signed_out.active) == (
        2,
        "old",
        True,
    )


def test_whoever_is_disabled_has_no_tokens_either() -> None:
    disabled = ROSA.disable()

    assert (disabled.active, disabled.token_version, disabled.password_hash) == (False, 2, "old")
