"""Who is asking."""

from __future__ import annotations

from eterno.application.ports.access import Tokens
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.errors import Unauthenticated

NOT_VALID = "Invalid or expired token"


class Identify:
    """The admin that a token speaks for.

    The token must be genuine and in time, and the admin still there, active, and not since given a
    new password: a token dies with any of these at once, everywhere.
    """

    def __init__(self, store: Store, tokens: Tokens) -> None:
        self._store = store
        self._tokens = tokens

    def __call__(self, token: str, *, request_id: str) -> Actor:
        """Raises `Unauthenticated`."""
        claims = self._tokens.read(token)
        with self._store.begin() as work:
            admin = work.admins.find_by_id(claims.admin_id)
        if admin is None or not admin.active or admin.token_version != claims.version:
            raise Unauthenticated(NOT_VALID)
        return Actor(admin_id=admin.id, username=admin.username, request_id=request_id)
