from __future__ import annotations

import time
from statistics import median
from threading import Lock

import pytest
from argon2 import PasswordHasher

from eterno.adapters.argon2.passwords import Argon2Passwords
from eterno.application.ports.access import Passwords
from tests.contracts.race import at_once

GOOD = "lavender & thyme"


def test_a_hash_knows_its_password(passwords: Passwords) -> None:
    assert passwords.verify(GOOD, passwords.hash(GOOD))


@pytest.mark.parametrize("other", ["", "lavender & thym", "Lavender & thyme", GOOD + " ", "\0"])
def test_a_hash_knows_no_other_password(passwords: Passwords, other: str) -> None:
    assert not passwords.verify(other, passwords.hash(GOOD))


def test_a_password_has_never_the_same_hash_twice(passwords: Passwords) -> None:
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


@pytest.mark.parametrize(
    "password", ["pässwörter \N{BAR OF SOAP}", "x" * 128, "a\0b\0c", "\ud800 alone", "a$b$c"]
)
def test_whatever_was_typed_is_a_password(passwords: Passwords, password: str) -> None:
    kept = passwords.hash(password)

    assert passwords.verify(password, kept)
    assert not passwords.verify(password[:-1], kept)


@pytest.mark.parametrize(
    "broken",
    ["", GOOD, "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "$2b$12$abc", "caf\u00e9"],
)
def test_what_is_no_hash_knows_no_password(passwords: Passwords, broken: str) -> None:
    assert not passwords.verify(GOOD, broken)


# Only argon2


def test_argon2_hashes_are_as_slow_as_they_should_be() -> None:
    assert Argon2Passwords().hash(GOOD).startswith("$argon2id$v=19$m=47104,t=1,p=1$")


def test_a_wrong_password_takes_as_long_as_the_right_one() -> None:
    passwords = Argon2Passwords()
    kept = passwords.hash(GOOD)

    def seconds(password: str) -> float:
        began = time.perf_counter()
        passwords.verify(password, kept)
        return time.perf_counter() - began

    right, wrong = (median(seconds(p) for _ in range(5)) for p in (GOOD, "wrong"))

    assert right / 3 < wrong < right * 3


def test_no_more_than_two_are_hashed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_it, most_at_it = Lock(), 0, 0

    def slow(*_: object) -> str:
        nonlocal at_it, most_at_it
        with lock:
            at_it += 1
            most_at_it = max(most_at_it, at_it)
        time.sleep(0.01)
        with lock:
            at_it -= 1
        return "$argon2id$"

    monkeypatch.setattr(PasswordHasher, "hash", slow)
    monkeypatch.setattr(PasswordHasher, "verify", slow)
    passwords = Argon2Passwords()

    at_once(
        *[lambda: passwords.hash(GOOD)] * 4,
        *[lambda: str(passwords.verify(GOOD, "$argon2id$"))] * 4,
    )

    assert most_at_it == 2
