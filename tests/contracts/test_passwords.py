from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from threading import Event, Lock

import pytest
from argon2 import PasswordHasher, Type

from eterno.adapters.argon2.passwords import AT_ONCE, MOST_WAITING, Argon2Passwords
from eterno.adapters.memory.access import PlainPasswords
from eterno.application.ports.access import Passwords, PasswordsBusy
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


def test_a_hash_made_today_needs_no_other(passwords: Passwords) -> None:
    assert not passwords.needs_rehash(passwords.hash(GOOD))


@pytest.mark.parametrize("odd", ["", "$2b$12$abc", "caf\u00e9", "\ud800"])
def test_a_hash_made_in_another_way_needs_another(passwords: Passwords, odd: str) -> None:
    assert passwords.needs_rehash(odd)


# Only memory


def test_a_fake_hash_of_another_scheme_is_known_and_needs_another() -> None:
    passwords = PlainPasswords()
    kept = passwords.hash(GOOD)
    passwords.scheme = "plainer"

    assert passwords.verify(GOOD, kept)
    assert passwords.needs_rehash(kept)
    assert not passwords.needs_rehash(passwords.hash(GOOD))


# Only argon2


@pytest.mark.parametrize(
    "other",
    [
        PasswordHasher(time_cost=1, memory_cost=19_456, parallelism=1),
        PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1),
        PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=2),
        PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1, type=Type.I),
    ],
    ids=["less memory", "more passes", "more lanes", "argon2i"],
)
def test_hashes_of_other_parameters_are_known_and_need_another(other: PasswordHasher) -> None:
    kept = other.hash(GOOD)

    assert Argon2Passwords().verify(GOOD, kept)
    assert Argon2Passwords().needs_rehash(kept)


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


def test_who_would_wait_too_long_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = Event()

    def endless(*_: object) -> str:
        assert go_on.wait(10)
        return "$argon2id$"

    monkeypatch.setattr(PasswordHasher, "hash", endless)
    passwords = Argon2Passwords()
    with ThreadPoolExecutor(AT_ONCE + MOST_WAITING) as crowd:
        hashes = [crowd.submit(passwords.hash, GOOD) for _ in range(AT_ONCE + MOST_WAITING)]
        while not refuses(passwords):
            time.sleep(0.01)
        go_on.set()

    assert {done.result() for done in hashes} == {"$argon2id$"}
    assert passwords.hash(GOOD) == "$argon2id$"


def refuses(passwords: Argon2Passwords) -> bool:
    try:
        passwords.verify(GOOD, "")
    except PasswordsBusy:
        return True
    return False
