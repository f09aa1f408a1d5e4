"""What visitors wrote, in PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, insert, select

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line
from eterno.adapters.postgres.mapping import fields_of, message_of
from eterno.domain.contact import Message

messages = tables.messages

_ONE = select(messages).where(messages.c.id == bindparam("id"))


class PostgresMessages:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, message: Message) -> None:
        self._line.execute(insert(messages), fields_of(message))

    def find(self, id: UUID) -> Message | None:
        row = self._line.execute(_ONE, {"id": id}).one_or_none()
        return None if row is None else message_of(row)
