"""Admins in PostgreSQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, func, insert, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.catalogue import next_id
from eterno.adapters.postgres.mapping import admin_of
from eterno.adapters.postgres.text import can_be_kept
from eterno.domain.admins import Admin

admins = tables.admins


class PostgresAdmins:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next_id(self) -> int:
        return next_id(self._connection, "admins")

    def add(self, admin: Admin) -> None:
        self._connection.execute(insert(admins), asdict(admin))

    def find(self, username: str) -> Admin | None:
        if not can_be_kept(username):
            return None
        row = self._connection.execute(
            select(admins).where(admins.c.username == username)
        ).one_or_none()
        return None if row is None else admin_of(row)

    def count(self) -> int:
        return self._connection.execute(
            select(func.count()).select_from(admins).where(admins.c.active)
        ).scalar_one()
