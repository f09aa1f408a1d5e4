"""A mailer that sends nothing on. Stands in for a mail service; not for production."""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from eterno.adapters.sandbox.database import SandboxDatabase, SandboxUnavailable
from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable
from eterno.application.ports.system import Clock

_MOST_N = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLetter:
    """A letter in the mailbox. One sent twice is there twice, with the same `letter.id`."""

    n: int
    at: datetime
    sender: str
    letter: Letter


class SandboxMailer:
    """Implements `Mailer`: every letter handed over stays in the mailbox, to be read there."""

    def __init__(self, database: SandboxDatabase, *, sender: str, clock: Clock) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock

    def send(self, letter: Letter) -> None:
        _check(letter)
        try:
            with self._database.write() as connection:
                connection.execute(
                    "INSERT INTO letter"
                    " (id, at, sender, addressee, reply_to, subject, text, html)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        letter.id,
                        self._clock.now().timestamp(),
                        self._sender,
                        letter.to,
                        letter.reply_to,
                        letter.subject,
                        letter.text,
                        letter.html,
                    ),
                )
        except SandboxUnavailable as silence:
            raise MailUnavailable(silence.detail) from silence

    def letters(self, most: int = 100) -> Sequence[KeptLetter]:
        """The newest first."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM letter ORDER BY n DESC LIMIT ?", (most,))
            return [_kept(row) for row in rows.fetchall()]

    def forget(self, older_than: timedelta) -> int:
        """Take out letters that have been here for longer; how many there were."""
        before = self._clock.now() - older_than
        with self._database.write() as connection:
            gone = connection.execute("DELETE FROM letter WHERE at < ?", (before.timestamp(),))
            return gone.rowcount

    def letter(self, n: int) -> KeptLetter | None:
        if not 0 < n <= _MOST_N:
            return None
        with self._database.read() as connection:
            row = connection.execute("SELECT * FROM letter WHERE n = ?", (n,)).fetchone()
        return _kept(row) if row else None


def _check(letter: Letter) -> None:
    """Refuse what a mail service refuses: a header of several lines, an address that is none."""
    for header in (letter.to, letter.subject, letter.reply_to or ""):
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in header):
            raise LetterRefused("A header of this letter contains a control character")
    for address in (letter.to, letter.reply_to or letter.to):
        if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
            raise LetterRefused("An address of this letter is not one")


def _kept(row: sqlite3.Row) -> KeptLetter:
    return KeptLetter(
        n=row["n"],
        at=datetime.fromtimestamp(row["at"], UTC),
        sender=row["sender"],
        letter=Letter(
            id=row["id"],
            to=row["addressee"],
            subject=row["subject"],
            text=row["text"],
            html=row["html"],
            reply_to=row["reply_to"],
        ),
    )
