"""Admins, the audit trail and the throttle in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import next_id
from eterno.adapters.postgres.line import Line
from eterno.adapters.postgres.mapping import admin_of, fields_of
from eterno.adapters.postgres.text import can_be_kept
from eterno.domain.admins import Admin
from eterno.domain.audit import AuditEntry
from eterno.domain.errors import NotFound

admins, attempts = tables.admins, tables.attempts

_BY_NAME = select(admins).where(admins.c.username == bindparam("name"))
_BY_ID = select(admins).where(admins.c.id == bindparam("id"))
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 1))")
_RECENT = (
    select(func.count())
    .select_from(attempts)
    .where(attempts.c.subject == bindparam("subject"), attempts.c.at > bindparam("since"))
)
_GIVE_BACK = delete(attempts).where(
    attempts.c.id
    == select(attempts.c.id)
    .where(attempts.c.subject == bindparam("subject"), attempts.c.at == bindparam("at"))
    .limit(1)
    .scalar_subquery()
)


class PostgresAdmins:
    def __init__(self, line: Line) -> None:
        self._line = line

    def next_id(self) -> int:
        return next_id(self._line, "admins")

    def add(self, admin: Admin) -> None:
        self._line.execute(insert(admins), fields_of(admin))

    def save(self, admin: Admin) -> None:
        self._line.execute(update(admins).where(admins.c.id == admin.id), fields_of(admin))

    def find(self, username: str) -> Admin | None:
        if not can_be_kept(username):
            return None
        row = self._line.execute(_BY_NAME, {"name": username}).one_or_none()
        return None if row is None else admin_of(row)

    def find_by_id(self, id: int) -> Admin | None:
        row = self._line.execute(_BY_ID, {"id": id}).one_or_none()
        return None if row is None else admin_of(row)

    def hold(self, username: str) -> Admin:
        if not can_be_kept(username):
            raise NotFound("Admin")
        row = self._line.execute(_BY_NAME.with_for_update(), {"name": username}).one_or_none()
        if row is None:
            raise NotFound("Admin")
        return admin_of(row)

    def all(self) -> Sequence[Admin]:
        rows = self._line.execute(select(admins).order_by(admins.c.id))
        return [admin_of(row) for row in rows]

    def count(self) -> int:
        question = select(func.count()).select_from(admins).where(admins.c.active)
        return int(self._line.execute(question).scalar_one())


class PostgresAudit:
    def __init__(self, line: Line) -> None:
        self._line = line

    def record(self, entry: AuditEntry) -> None:
        self._line.execute(
            insert(tables.audit_entries),
            {
                **fields_of(entry.actor),
                "at": entry.at,
                "action": entry.action,
                "subject": entry.subject,
                "before": entry.before,
                "after": entry.after,
            },
        )


class PostgresThrottle:
    def __init__(self, line: Line) -> None:
        self._line = line

    def take(self, subject: str, at: datetime, *, most: int, within: timedelta) -> bool:
        self._line.execute(_ONE_AT_A_TIME, {"subject": subject})
        recent = self._line.execute(_RECENT, {"subject": subject, "since": at - within})
        if recent.scalar_one() >= most:
            return False
        self._line.execute(insert(attempts), {"subject": subject, "at": at})
        return True

    def give_back(self, subject: str, at: datetime) -> None:
        self._line.execute(_GIVE_BACK, {"subject": subject, "at": at})
