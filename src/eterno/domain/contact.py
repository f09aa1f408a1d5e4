"""What visitors write to the owner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from eterno.domain.errors import Invalid
from eterno.domain.text import clean

NAME_LENGTH = 120
EMAIL_LENGTH = 254
"""RFC 5321, less the brackets around it."""
TEXT_LENGTH = 5_000
_LONGEST_LOCAL_PART = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@{_LABEL}(?:\.{_LABEL})+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of one visitor. What she wrote is shown as text, wherever it is shown."""

    id: UUID
    name: str
    email: str
    """Where to answer. Nobody has proved that it is hers."""
    text: str
    at: datetime

    @classmethod
    def written(cls, *, id: UUID, name: str, email: str, text: str, at: datetime) -> Self:
        """A message as a visitor sends it. Raises `Invalid` for what breaks the limits."""
        return cls(
            id=id,
            name=clean(name, "name", most=NAME_LENGTH),
            email=check_email(email, "email"),
            text=clean(text, "message", most=TEXT_LENGTH, lines=True),
            at=at,
        )


def check_email(address: str, field: str) -> str:
    """The address, trimmed.

    Raises `Invalid` naming `field` unless it is one plain address in ASCII, as browsers check it
    too: no name beside it, no second one, no quotes, no line breaks, nothing that a mail program
    could take for more than one address.
    """
    trimmed = clean(address, field, most=EMAIL_LENGTH)
    found = _EMAIL.fullmatch(trimmed)
    if found is None or len(found["local"]) > _LONGEST_LOCAL_PART:
        raise Invalid.field(field, "one e-mail address, such as ada@example.org")
    return trimmed
