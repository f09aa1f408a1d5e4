"""Who may come in, with the real hashes and the real store: how long it takes, and many at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest

from eterno.adapters.argon2.passwords import Argon2Passwords
from eterno.adapters.memory.access import MemoryTokens, PlainPasswords
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.access.create_admin import CreateAdmin
from eterno.application.access.disable_admin import DisableAdmin, LastAdmin
from eterno.application.access.sign_in import SignIn
from eterno.application.access.verify_password import TooManyGuesses, VerifyPassword
from eterno.application.ports.store import Store
from eterno.domain.errors import Unauthenticated
from tests.contracts.race import at_once
from tests.support.clock import FixedClock
from tests.support.signing_in import GOOD

TRIES = 200
"""Half with a known name, half with an unknown one."""
A_LITTLE = 0.05


def test_a_known_name_takes_no_longer_to_refuse_than_an_unknown_one() -> None:
    clock = FixedClock()
    passwords, store = Argon2Passwords(), MemoryStore(clock)
    sign_in = SignIn(VerifyPassword(store, passwords), MemoryTokens(clock))
    CreateAdmin(store, passwords)("rosa", GOOD)

    def seconds(username: str) -> float:
        clock.advance(timedelta(minutes=1))  # so that nobody guesses too often
        began = time.perf_counter()
        with pytest.raises(Unauthenticated):
            sign_in(username, "a wrong password", client="203.0.113.7")
        return time.perf_counter() - began

    def difference() -> float:
        """Of the medians, in proportion; taken in turn, so that a busy machine slows both."""
        taken = [(seconds("rosa"), seconds("nobody")) for _ in range(TRIES // 2)]
        known = median(of_rosa for of_rosa, _ in taken)
        unknown = median(of_nobody for _, of_nobody in taken)
        return abs(known - unknown) / known

    assert any(difference() < A_LITTLE for _ in range(3))


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore(FixedClock())
        return
    postgres = PostgresStore(request.getfixturevalue("database_uri"), connections=16)
    yield postgres
    postgres.close()


def test_of_two_who_disable_each_other_at_once_one_stays(store: Store) -> None:
    create, disable = CreateAdmin(store, PlainPasswords()), DisableAdmin(store)
    for name in ("rosa", "ada"):
        create(name, GOOD)

    def disabled(name: str) -> str:
        try:
            disable(None, name)
        except LastAdmin as refusal:
            return refusal.code
        return "disabled"

    outcomes = at_once(lambda: disabled("rosa"), lambda: disabled("ada"))

    assert sorted(outcomes) == ["disabled", "last_admin"]
    with store.begin() as work:
        assert work.admins.count() == 1


def test_guesses_that_come_at_once_are_counted_too(store: Store) -> None:
    passwords = PlainPasswords()
    CreateAdmin(store, passwords)("rosa", GOOD)
    sign_in = SignIn(VerifyPassword(store, passwords), MemoryTokens(FixedClock()))

    def guess(number: int) -> str:
        try:
            sign_in("rosa", "a wrong password", client=f"198.51.100.{number}")
        except (Unauthenticated, TooManyGuesses) as refusal:
            return refusal.code
        return "in"

    outcomes = at_once(*(lambda number=number: guess(number) for number in range(14)))

    assert Counter(outcomes) == {"unauthenticated": 10, "too_many_guesses": 4}
