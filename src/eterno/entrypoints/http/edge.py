"""The outermost layer: what every request passes once, in one pass.

Request id, security headers, CORS and the access log. They are one ASGI layer instead of four
because each layer costs every request; see docs/decisions/0006-one-edge-layer.md. What it does for
an answer that is at hand costs 4 µs. A server that knows `at_once` gets it without ASGI; see
docs/decisions/0023-ready-answers-past-asgi.md.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, MutableSequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import msgspec
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from eterno.entrypoints.http.answers import Header, Reply, lines_of
from eterno.entrypoints.http.problems import problem_reply
from eterno.entrypoints.logs import Access, AccessLog, log_access
from eterno.entrypoints.metrics import Meters

Headers = MutableSequence[tuple[bytes, bytes]]
AtHand = Callable[[HTTPScope, Mapping[bytes, bytes]], Reply | None]
"""What a request can be answered with at once, without passing it on."""
Write = Callable[[int, bytes, bytes], None]
"""Of a whole answer: its status, its headers as written, its body."""

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
_PARENT = re.compile(
    rb"00-(?P<trace>(?!0{32})[0-9a-f]{32})-(?P<parent>(?!0{16})[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})"
)
"""`traceparent` (W3C Trace Context)."""
_OURS = secrets.token_hex(8).encode()
_numbers = count(1)
_NEVER_TOO_MANY = ("/health", "/webhooks")
_BUSY = problem_reply(
    503, "The shop is very busy; please try again in a moment", code="busy", retry_after=1
)


def bare_headers(*, hsts: bool) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer carries that is no page, also one that never came here."""
    return (*_SECURITY, *([_HSTS] if hsts else []), _NO_PAGE)


def nothing_at_hand(_: HTTPScope, __: Mapping[bytes, bytes]) -> Reply | None:
    return None


class Edge:
    """Wraps an ASGI application. `origins` may call it from a browser; `hsts` is for production;
    `most` requests may be under way in it at once."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        origins: Iterable[str],
        hsts: bool,
        at_hand: AtHand = nothing_at_hand,
        meters: Meters,
        most: int,
        access: AccessLog = log_access,
    ) -> None:
        self._app = app
        self._at_hand = at_hand
        self._access = access
        self._meters = meters
        self._most = most
        self._under_way = 0
        self._always = (*_SECURITY, *([_HSTS] if hsts else []))
        self._cors = {
            origin.encode(): ((b"access-control-allow-origin", origin.encode()), _EXPOSED, _VARY)
            for origin in origins
        }
        """The headers that let an origin read the answer. A foreign one gets only `_VARY`."""
        self._lines = {origin: self._lines_with(cors) for origin, cors in self._cors.items()}
        self._foreign_lines = self._lines_with((_VARY,))

    def at_once(self, scope: HTTPScope, write: Write) -> bool:
        """Answer what can be answered at once, as calling this would: the same bytes, the same line
        in the log. False, and nothing done, when it must be called."""
        began = time.perf_counter()
        headers = dict(scope["headers"])
        method = scope["method"]
        reply = self._at_hand(_as_get(scope), headers)
        if reply is None:
            return False
        request_id = _request_id(headers.get(b"x-request-id"))
        ours = self._lines.get(headers.get(b"origin", b""), self._foreign_lines)
        body = b"" if method == HttpMethod.HEAD else reply.body
        write(reply.status, b"%b%b%b\r\n" % (reply.lines, ours, request_id), body)
        self._log(method, scope["path"], scope, headers, request_id, reply.status, began)
        return True

    def _lines_with(self, cors: Iterable[Header]) -> bytes:
        """What every answer carries, as it is written, up to the request's id."""
        return lines_of((*self._always, _NO_PAGE, *cors)) + b"x-request-id: "

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
        cors = self._cors.get(origin, (_VARY,)) if origin else (_VARY,)
        method = scope["method"]
        only_head = method == HttpMethod.HEAD
        scope = _as_get(scope)
        if reply := self._at_hand(scope, headers):
            whole = [*reply.headers, *self._always, _NO_PAGE, *cors, (b"x-request-id", request_id)]
            await send({"type": "http.response.start", "status": reply.status, "headers": whole})
            body = b"" if only_head else reply.body
            await send({"type": "http.response.body", "body": body, "more_body": False})
            self._log(method, scope["path"], scope, headers, request_id, reply.status, began)
            return
        if self._under_way >= self._most and not scope["path"].startswith(_NEVER_TOO_MANY):
            await self._turn_away(send, cors, request_id)
            self._log(method, "-", scope, headers, request_id, _BUSY.status, began)
            return
        scope["request_id"] = request_id.decode()  # type: ignore[typeddict-unknown-key]  # ours
        if method == "OPTIONS" and origin and b"access-control-request-method" in headers:
            await self._preflight(send, cors, request_id)
            self._log(method, "-", scope, headers, request_id, 204, began)
            return
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.body" and only_head:
                message["body"] = b""
            if message["type"] == "http.response.start":
                status = message["status"]
                # Where the guard let an admin in, what she sees is hers alone.
                self._complete(message, cors, request_id, is_private="actor" in scope)
            await send(message)

        self._under_way += 1
        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            self._under_way -= 1
            self._log(method, _route(scope), scope, headers, request_id, status, began)

    async def _preflight(
        self, send: Send, cors: tuple[tuple[bytes, bytes], ...], request_id: bytes
    ) -> None:
        """Answered here for every path: it needs no token, no route and no body."""
        allowed = _ALLOWED if len(cors) > 1 else ()
        headers = [*self._always, _NO_PAGE, *cors, *allowed, (b"x-request-id", request_id)]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _turn_away(
        self, send: Send, cors: tuple[tuple[bytes, bytes], ...], request_id: bytes
    ) -> None:
        """At once, while there is still strength for it: who waits longer than visitors do is
        served in vain."""
        headers = [*_BUSY.headers, *self._always, _NO_PAGE, *cors, (b"x-request-id", request_id)]
        await send({"type": "http.response.start", "status": _BUSY.status, "headers": headers})
        await send({"type": "http.response.body", "body": _BUSY.body, "more_body": False})

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

    def _log(
        self,
        method: str,
        path: str,
        scope: HTTPScope,
        headers: Mapping[bytes, bytes],
        request_id: bytes,
        status: int,
        began: float,
    ) -> None:
        """Method, path, status, time. No query (it may hold names), no address, no body; and of the
        path only what is ours: a visitor may write anything into it, and an order's token opens the
        order."""
        seconds = time.perf_counter() - began
        self._meters.answered(method, status, seconds)
        if refusal := scope.get("refusal"):
            self._meters.refused(str(refusal))
        access = Access(
            at=datetime.now(UTC),
            request=request_id.decode(),
            method=method,
            path=path,
            status=status,
            ms=int(100_000 * seconds) / 100,
        )
        if traceparent := headers.get(b"traceparent"):
            access = msgspec.structs.replace(access, **_trace(traceparent))
        self._access(access)


def _as_get(scope: HTTPScope) -> HTTPScope:
    """Whatever can be had can be asked about: HEAD is the same answer without its body."""
    return {**scope, "method": HttpMethod.GET} if scope["method"] == HttpMethod.HEAD else scope


def _route(scope: HTTPScope) -> str:
    """The path with numbers for what has a number, and names for the rest: `/orders/{token}`; "-"
    for what reached no route."""
    template: str = scope.get("path_template", "-")
    for name, value in scope.get("path_params", {}).items():
        if re.fullmatch("[0-9]{1,19}", str(value)):
            template = template.replace(f"{{{name}}}", str(value))
    return template


def _request_id(sent: bytes | None) -> bytes:
    """The one sent by a proxy in front, if it is harmless, else a new one: this process's name and
    a number (a random one each time costs ten times as much, and nothing rests on guessing it)."""
    if sent and _REQUEST_ID.fullmatch(sent):
        return sent
    return b"%b-%x" % (_OURS, next(_numbers))


def _trace(traceparent: bytes) -> Mapping[str, Any]:
    """Which trace a request belongs to; nothing if it does not say so properly."""
    found = _PARENT.fullmatch(traceparent)
    if found is None:
        return {}
    return {
        "trace": found["trace"].decode(),
        "parent": found["parent"].decode(),
        "sampled": bool(int(found["flags"], 16) & 1),
    }
