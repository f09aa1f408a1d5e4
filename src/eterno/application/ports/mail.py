"""Letters, and someone who carries them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from eterno.domain.errors import Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one person, ready to go. Text and HTML say the same."""

    id: str
    """Travels with the letter, so that one sent twice can be told."""
    to: str
    subject: str
    text: str
    html: str
    reply_to: str | None = None


class MailUnavailable(Unavailable):
    """The mail service is silent, busy or broken: try again later."""

    code = "mail_unavailable"


class LetterRefused(Exception):
    """The mail service will never take this letter; trying again is of no use."""


class Mailer(Protocol):
    def send(self, letter: Letter) -> None:
        """Hand the letter over. Returning means that the service has taken responsibility for it.

        Raises `MailUnavailable` or `LetterRefused`. Handing over the same letter twice is allowed
        and may deliver it twice: deciding is the outbox's business.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands in a letter."""

    subject: str
    text: str
    html: str


class Stationery(Protocol):
    def write(self, name: str, facts: Mapping[str, object]) -> Written:
        """The letter called `name`, filled with `facts`. Whatever the facts contain, the HTML shows
        them as text, and the subject is one line."""
        ...
