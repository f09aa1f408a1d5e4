"""Slow hashes, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from eterno.application.ports.access import PasswordsBusy

MEMORY_KIB = 47_104
"""46 MiB, with one pass over it: what OWASP asks of argon2id at least."""
AT_ONCE = 2
"""So that a flood of logins takes neither all memory nor all cores."""
MOST_WAITING = 16
"""So that it does not take all threads either: about half a second of work."""


class Argon2Passwords:
    """Implements `Passwords`. At most two are hashed at a time; a few others wait their turn."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(
            time_cost=1, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID
        )
        self._turns = BoundedSemaphore(AT_ONCE)
        self._places = BoundedSemaphore(AT_ONCE + MOST_WAITING)

    def hash(self, password: str) -> str:
        with self._turn():
            return self._hasher.hash(_bytes(password))

    def verify(self, password: str, password_hash: str) -> bool:
        """False also for a hash that is none."""
        with self._turn():
            try:
                return self._hasher.verify(_bytes(password_hash), _bytes(password))
            except (VerificationError, InvalidHashError):
                return False

    def needs_rehash(self, password_hash: str) -> bool:
        """True also for a hash that is none."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy
        try:
            with self._turns:
                yield
        finally:
            self._places.release()


def _bytes(text: str) -> bytes:
    """Whatever was typed: a wire may carry unpaired surrogates."""
    return text.encode("utf-8", "surrogatepass")
