"""The outermost layer: what every request passes once, in one pass.

Request id, security headers, CORS and the access log. They are one ASGI layer instead of four
because each layer costs every request; see docs/decisions/0006-one-edge-layer.md.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, MutableSequence
from typing import Any
from uuid import uuid4

from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

Headers = MutableSequence[tuple[bytes, bytes]]

_SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_ALLOWED = (
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, idempotency-key, if-match, if-none-match",
    ),
    (b"access-control-max-age", b"600"),
)
_EXPOSED = (b"access-control-expose-headers", b"etag, link, retry-after, x-request-id")
_VARY = (b"vary", b"Origin")
_NOT_KEPT = (b"cache-control", b"no-store")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

log = logging.getLogger("eterno.access")


class Edge:
    """Wraps an ASGI application. `origins` may call it from a browser; `hsts` is for production."""

    def __init__(self, app: ASGIApp, *, origins: Iterable[str], hsts: bool) -> None:
        self._app = app
        self._origins = {origin.encode() for origin in origins}
        self._always = (*_SECURITY, *([_HSTS] if hsts else []))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id"))
        origin = headers.get(b"origin")
        cors = self._cors(origin)
        scope["request_id"] = request_id.decode()  # type: ignore[typeddict-unknown-key]  # ours
        if (
            scope["method"] == "OPTIONS"
            and origin is not None
            and b"access-control-request-method" in headers
        ):
            await self._preflight(send, cors, request_id)
            return
        status = 500
        only_head = scope["method"] == HttpMethod.HEAD
        if only_head:  # whatever can be had can be asked about: the same answer without its body
            scope["method"] = HttpMethod.GET

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.body" and only_head:
                message["body"] = b""
            if message["type"] == "http.response.start":
                status = message["status"]
                # Where the guard let an admin in, what she sees is hers alone.
                self._complete(message, cors, request_id, is_private="actor" in scope)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            if only_head:
                scope["method"] = HttpMethod.HEAD
            self._log(scope, status, began)

    def _cors(self, origin: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
        """The headers that let this origin read the answer; none for a foreign one."""
        if origin is not None and origin in self._origins:
            return ((b"access-control-allow-origin", origin), _EXPOSED, _VARY)
        return (_VARY,)

    async def _preflight(
        self, send: Send, cors: tuple[tuple[bytes, bytes], ...], request_id: bytes
    ) -> None:
        """Answered here for every path: it needs no token, no route and no body."""
        allowed = _ALLOWED if len(cors) > 1 else ()
        headers = [*self._always, _NO_PAGE, *cors, *allowed, (b"x-request-id", request_id)]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _complete(
        self,
        message: Any,
        cors: tuple[tuple[bytes, bytes], ...],
        request_id: bytes,
        *,
        is_private: bool,
    ) -> None:
        """Add what is ours; a page's own policy stays. What is `private` nobody may store."""
        headers: Headers = list(message["headers"])
        named = {name.lower() for name, _ in headers}
        needed = (*self._always, _NO_PAGE, *([_NOT_KEPT] if is_private else []))
        headers.extend(ours for ours in needed if ours[0] not in named)
        headers.extend(cors)
        headers.append((b"x-request-id", request_id))
        message["headers"] = headers

    @staticmethod
    def _log(scope: HTTPScope, status: int, began: float) -> None:
        """Method, path, status, time. No query (it may hold names), no address, no body; and of the
        path only what is ours: a visitor may write anything into it, and an order's token opens the
        order."""
        if log.isEnabledFor(logging.INFO):
            line = {
                "request": scope["request_id"],  # type: ignore[typeddict-item]  # ours
                "method": scope["method"],
                "path": _route(scope),
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
            }
            log.info("request", extra={"facts": line})


def _route(scope: HTTPScope) -> str:
    """The path with numbers for what has a number, and names for the rest: `/orders/{token}`; "-"
    for what reached no route."""
    template: str = scope.get("path_template", "-")
    for name, value in scope.get("path_params", {}).items():
        if re.fullmatch("[0-9]{1,19}", str(value)):
            template = template.replace(f"{{{name}}}", str(value))
    return template


def _request_id(sent: bytes | None) -> bytes:
    """The one sent by a proxy in front, if it is harmless, else a new one."""
    return sent if sent and _REQUEST_ID.fullmatch(sent) else uuid4().hex.encode()
