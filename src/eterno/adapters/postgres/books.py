"""The shop's books, audited in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from eterno.adapters.postgres.invariants import QUESTIONS
from eterno.adapters.postgres.store import PostgresStore, at_one_moment
from eterno.application.ports.books import MOST_KEYS, Verdict
from eterno.domain.invariants import INVARIANTS

_PATIENCE = text("SET LOCAL statement_timeout = '60s'")
"""More than a request has: in years of orders there is more to look at."""
_QUESTIONS = {id: text(question) for id, question in QUESTIONS.items()}


class PostgresBooks:
    """Implements `Books`, in one REPEATABLE READ READ ONLY snapshot."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def audit(self) -> Sequence[Verdict]:
        with self._store.look() as connection, at_one_moment(connection):
            connection.execute(_PATIENCE)
            now = self._store.now(connection)
            return [
                Verdict(id=id, sentence=sentence, keys=_keys(connection, id, now))
                for id, sentence in INVARIANTS.items()
            ]


def _keys(connection: Connection, id: str, now: object) -> tuple[str, ...]:
    question = _QUESTIONS[id]
    given = {"now": now} if ":now" in question.text else {}
    found = connection.execute(question, given).scalars()
    return tuple(str(key) for key in found.fetchmany(MOST_KEYS))
