"""Who is in the office: a cookie with the token of the one admin sign-in, and proof that a form
that comes back was ours.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from eterno.domain.errors import Denied, Unauthenticated

_FORM = b"a form of the back office"
_DOOR_MINUTES = 30

Connection = ASGIConnection[Any, Any, Any, Any]


class ForeignForm(Denied):
    """A form that does not come from a page that this browser was shown."""

    code = "foreign_form"

    def __init__(self) -> None:
        super().__init__("This form is no longer valid; please open the page again and retry")


class Sessions:
    """The office's two cookies: `session` of whoever signed in, `door` of whoever is about to.

    Neither is ever readable by a script or sent along from another site. Where the shop is served
    by https, their names tell browsers to accept them by no other way.
    """

    def __init__(self, *, https: bool, minutes: int) -> None:
        prefix = "__Host-" if https else ""
        self._https = https
        self._minutes = minutes
        self.session = f"{prefix}office"
        self.door = f"{prefix}office-door"

    def token(self, connection: Connection) -> str:
        """The admin's token. Raises `Unauthenticated` when there is none."""
        token = connection.cookies.get(self.session)
        if not token:
            raise Unauthenticated("Not authenticated")
        return str(token)

    def open(self, token: str) -> Cookie:
        return self._cookie(self.session, token, seconds=self._minutes * 60)

    def close(self) -> Cookie:
        return self._cookie(self.session, "", seconds=0)

    def knock(self) -> Cookie:
        """A fresh secret for somebody who is not signed in, so that her form can be told apart."""
        return self._cookie(self.door, secrets.token_urlsafe(24), seconds=_DOOR_MINUTES * 60)

    def _cookie(self, name: str, value: str, *, seconds: int) -> Cookie:
        return Cookie(
            key=name,
            value=value,
            max_age=seconds,
            path="/",
            secure=self._https,
            httponly=True,
            samesite="strict",
        )


def form_key(secret: str) -> str:
    """What every form carries: only who has the cookie's value can have made it."""
    return hmac.new(secret.encode(), _FORM, hashlib.sha256).hexdigest()


def check_form(secret: str | None, key: str) -> None:
    """Raises `ForeignForm` unless the key belongs to the cookie."""
    if not secret or not hmac.compare_digest(form_key(secret).encode(), key.encode()):
        raise ForeignForm
