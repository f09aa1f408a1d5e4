"""Admins, what they did, and how often somebody tried, within one work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from eterno.domain.admins import Admin
from eterno.domain.audit import AuditEntry


class Admins(Protocol):
    def next_id(self) -> int: ...

    def add(self, admin: Admin) -> None:
        """Raises `AlreadyThere("username")`."""
        ...

    def save(self, admin: Admin) -> None:
        """Write what has changed of an admin that this work holds."""
        ...

    def find(self, username: str) -> Admin | None: ...

    def find_by_id(self, id: int) -> Admin | None: ...

    def hold(self, username: str) -> Admin:
        """The admin by that name, kept from everybody else until this work ends.

        Raises `NotFound("Admin")`, which does not repeat the name.
        """
        ...

    def all(self) -> Sequence[Admin]:
        """Every admin, disabled ones too, by id."""
        ...

    def count(self) -> int:
        """How many there are, active ones only."""
        ...


class Audit(Protocol):
    """The audit trail. What is written there is never changed or taken out."""

    def record(self, entry: AuditEntry) -> None: ...


class Throttle(Protocol):
    """How often somebody tried something lately."""

    def take(self, subject: str, at: datetime, *, most: int, within: timedelta) -> bool:
        """Count one try of `subject` ("login of rosa", "contact from 203.0.113.7").

        False, and nothing is counted, when there were `most` already in the time `within` before
        `at`, a day at most: older tries may be forgotten. Until this work ends no other may count
        the same subject, so that a limit holds for tries that come at once.
        """
        ...

    def give_back(self, subject: str, at: datetime) -> None:
        """Uncount one try of `subject` that was counted `at` that moment, if there is one."""
        ...
