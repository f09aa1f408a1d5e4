"""What is known about pictures, in PostgreSQL.

Wanting and discarding are single statements on the picture's row: of two at once the second waits
for the first, and looks at what it left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from eterno.adapters.postgres import tables
from eterno.adapters.postgres.line import Line
from eterno.adapters.postgres.mapping import fields_of, upload_of
from eterno.adapters.postgres.text import can_be_kept
from eterno.domain.media import Upload

uploads = tables.uploads

_ONE = select(uploads).where(uploads.c.key == bindparam("of"))
_NEW = insert_or(uploads)
_WANT = _NEW.on_conflict_do_update(
    index_elements=[uploads.c.key],
    set_={"wanted_at": _NEW.excluded.wanted_at},
    where=uploads.c.discarded_at.is_(None),
).returning(uploads)
_IS_OVER = or_(uploads.c.discarded_at.is_not(None), uploads.c.wanted_at <= bindparam("idle_since"))
_DISCARD = _NEW.on_conflict_do_update(
    index_elements=[uploads.c.key],
    set_={"discarded_at": _NEW.excluded.discarded_at},
    where=_IS_OVER,
).returning(uploads.c.key)
_IS_SHOWN = select(
    or_(
        *(
            select(table).where(table.c.img_key == bindparam("of")).exists()
            for table in (tables.products, tables.variants)
        )
    )
)
_UNUSED = (
    select(uploads)
    .where(
        _IS_OVER,
        *(
            ~select(table).where(table.c.img_key == uploads.c.key).exists()
            for table in (tables.products, tables.variants)
        ),
    )
    .order_by(uploads.c.wanted_at, uploads.c.key.collate("C"))
    .limit(bindparam("most"))
)
_VOUCH = (
    update(uploads)
    .where(uploads.c.key == bindparam("of"))
    .values(verified_at=bindparam("now"), size=bindparam("found"))
)
_FORGET = delete(uploads).where(
    uploads.c.key == bindparam("of"), uploads.c.discarded_at.is_not(None)
)


class PostgresUploads:
    def __init__(self, line: Line) -> None:
        self._line = line

    def add(self, upload: Upload) -> None:
        self._line.execute(insert(uploads), fields_of(upload))

    def find(self, key: str) -> Upload | None:
        if not can_be_kept(key):
            return None
        row = self._line.execute(_ONE, {"of": key}).one_or_none()
        return None if row is None else upload_of(row)

    def want(self, upload: Upload) -> Upload | None:
        row = self._line.execute(_WANT, fields_of(upload)).one_or_none()
        return None if row is None else upload_of(row)

    def vouch(self, key: str, at: datetime, *, size: int) -> None:
        self._line.execute(_VOUCH, {"of": key, "now": at, "found": size})

    def discard(self, upload: Upload, at: datetime, *, idle_since: datetime) -> bool:
        if self.is_shown(upload.key):
            return False
        row = {**fields_of(upload), "discarded_at": at, "idle_since": idle_since}
        return self._line.execute(_DISCARD, row).one_or_none() is not None

    def unused(self, idle_since: datetime, *, most: int) -> Sequence[Upload]:
        rows = self._line.execute(_UNUSED, {"idle_since": idle_since, "most": most})
        return [upload_of(row) for row in rows]

    def forget(self, key: str) -> None:
        self._line.execute(_FORGET, {"of": key})

    def is_shown(self, key: str) -> bool:
        return bool(self._line.execute(_IS_SHOWN, {"of": key}).scalar_one())
