"""Deny by default: a route is for admins unless it says that it is public."""

from __future__ import annotations

from typing import Any, cast

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from eterno.application.access.identify import Identify
from eterno.domain.audit import Actor
from eterno.domain.errors import Unauthenticated

PUBLIC = {"public": True}
"""`opt=PUBLIC` on a handler lets everybody in; a token that comes along is not even looked at."""

Connection = ASGIConnection[Any, Any, Any, Any]


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of every route. An admin's token is checked before the body is read, so a stranger
    hears 401 whatever else is wrong with the request.

    `opt={"token": …}` names another place to take it from than the Authorization header.

    Raises `Unauthenticated`.
    """
    if handler.opt.get("public"):
        return
    elsewhere = handler.opt.get("token")
    authorization = connection.headers.get("authorization")
    token = elsewhere(connection) if elsewhere else bearer(authorization)
    identify: Identify = connection.app.state.identify
    request_id = str(connection.scope["request_id"])  # type: ignore[typeddict-item]  # the edge's
    connection.scope["actor"] = await sync_to_thread(  # type: ignore[typeddict-unknown-key]  # ours
        identify, token, request_id=request_id
    )


def bearer(header: str | None) -> str:
    """The token in an Authorization header. Raises `Unauthenticated` when there is none."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Not authenticated")
    return token.strip()


def actor_in(scope: Scope) -> Actor:
    """Whom the guard let in. On a public route there is nobody, and asking is a bug."""
    return cast(Actor, scope["actor"])  # type: ignore[typeddict-item]  # put there by the guard
