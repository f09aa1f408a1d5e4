"""Whether somebody knows an admin's password, asked as often as is healthy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from eterno.application.again import again
from eterno.application.ports.access import Passwords, PasswordsBusy
from eterno.application.ports.store import Store, Work
from eterno.domain.admins import Admin, plain_username
from eterno.domain.errors import TooMany

MOST_GUESSES = 10
WITHIN = timedelta(minutes=5)


class TooManyGuesses(TooMany):
    """Nobody mistypes a password that often."""

    code = "too_many_guesses"

    def __init__(self) -> None:
        super().__init__(
            "Too many tries; please wait a few minutes", retry_after=int(WITHIN.total_seconds())
        )


class VerifyPassword:
    """Find out whether a password is an active admin's own.

    Every try is counted, in a transaction of its own, before the slow work begins, so that tries
    that come at once are counted too; one that was right is given back, because only guesses are to
    be limited. A name that nobody has costs the same slow work as one that somebody has.

    Nothing in the store is held while a password is looked at.
    """

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._passwords = passwords
        self._nobodys_hash = passwords.hash("the password of nobody")

    def __call__(self, username: str, password: str, *, counted_as: Sequence[str]) -> Admin | None:
        """The active admin by that name whose password it is; None for any other reason.

        Each subject of `counted_as` may be wrong `MOST_GUESSES` times within `WITHIN`. Raises
        `TooManyGuesses` beyond that, and `PasswordsBusy`, which is not counted.
        """
        admin, at = again(lambda: self._count(plain_username(username), counted_as))
        try:
            is_right = self._passwords.verify(
                password, admin.password_hash if admin else self._nobodys_hash
            )
        except PasswordsBusy:
            again(lambda: self._settle(counted_as, at))
            raise
        if not is_right or admin is None or not admin.active:
            return None
        fresh_hash = self._fresh_hash(admin, password)
        again(lambda: self._settle(counted_as, at, admin, fresh_hash))
        return admin

    def _count(self, name: str, subjects: Sequence[str]) -> tuple[Admin | None, datetime]:
        with self._store.begin() as work:
            at = work.now
            allowed = all(
                work.throttle.take(subject, at, most=MOST_GUESSES, within=WITHIN)
                for subject in subjects
            )
            admin = work.admins.find(name)
        if not allowed:
            raise TooManyGuesses
        return admin, at

    def _fresh_hash(self, admin: Admin, password: str) -> str | None:
        """How her password would be kept today, where that is another way than it is."""
        if not self._passwords.needs_rehash(admin.password_hash):
            return None
        return self._passwords.hash(password)

    def _settle(
        self,
        subjects: Sequence[str],
        at: datetime,
        admin: Admin | None = None,
        fresh_hash: str | None = None,
    ) -> None:
        with self._store.begin() as work:
            for subject in subjects:
                work.throttle.give_back(subject, at)
            if admin and fresh_hash:
                _rehash(work, admin, fresh_hash)


def _rehash(work: Work, admin: Admin, fresh_hash: str) -> None:
    """Unless she has got another password in the meantime."""
    held = work.admins.hold(admin.username)
    if held.password_hash == admin.password_hash:
        work.admins.save(held.rehashed(fresh_hash))
