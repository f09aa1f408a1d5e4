"""The catalogue as ready bytes: what visitors look at is written when it changes, not when asked.

`Catalogue` holds what is shown and its bytes; `Showcase` keeps it fresh and hands it out, without a
thread and past routing. What it does not hold, or is not sure of, the application answers.

How fresh: `Showcase` looks at what changed every 100 ms, whoever changed it; what this process has
changed itself is shown at once; when a look fails, the application is asked until one succeeds; and
nothing is handed out on the strength of a look that is older than 2 s and than the request.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from eterno.application.ports.views import CatalogueChanges
from eterno.domain.errors import Unavailable
from eterno.entrypoints.http.answers import Answer, Header, Reply
from eterno.entrypoints.http.catalogue_bytes import PLACES, Catalogue, is_place
from eterno.entrypoints.http.wire import PictureUrl

PAUSE = 0.1
"""Seconds between two looks."""
LOOK_SHARE = 20
"""A pause is so many times as long as the look before it: a look that has become slow is rarer."""
LONGEST_PAUSE = 0.2
"""Seconds, whatever a look took: what changed anywhere is shown everywhere a quarter of a second
later."""
OLDEST = 2.0
"""Seconds for which a look is believed when none has come after it."""
PATIENCE = 1.0
"""Seconds that a request waits for a look before the application answers it."""
PICTURES_FOR = 600.0
"""Seconds after which everything is written anew: addresses of pictures may be signed, and end."""

_NEVER = float("-inf")
Headers = Mapping[bytes, bytes]

log = logging.getLogger(__name__)


class Showcase:
    """Wraps an ASGI application. `at_hand` is for the layer around it: the quick way."""

    def __init__(
        self, app: ASGIApp, changes: CatalogueChanges, picture: PictureUrl, *, unpaged: int
    ) -> None:
        self._app = app
        self._changes = changes
        self._catalogue = Catalogue(picture, unpaged=unpaged)
        self._known_at = _NEVER
        """When the last look began, if it succeeded."""
        self._looked_at = _NEVER
        """When the last look began, however it ended."""
        self._stirs = 0
        """Of this process's changes, how many are taken in."""
        self._own_stock: dict[int, int] = {}
        """What this process has changed since the last look began, which may not have seen it."""
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="showcase")

    def at_hand(self, scope: HTTPScope, headers: Headers) -> Reply | None:
        """The answer, when it is certain without asking anybody: 2 µs."""
        if scope["method"] != "GET" or b"authorization" in headers:
            return None
        if not scope["path"].startswith(PLACES) or self._changes.stirs != self._stirs:
            return None
        return self._ready(scope, headers) if self._is_fresh() else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            await self._answer(scope, receive, send)
            return
        following = asyncio.create_task(self._follow())  # for as long as the application lives
        try:
            await self._app(scope, receive, send)
        finally:
            following.cancel()
            self._thread.shutdown(wait=False)

    async def _answer(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """The slow way. Who brings a token may have changed something elsewhere just now, and what
        this process has stirred must be looked at: then we look first. So we do when looks have
        become slow: if all who come then asked the database, they would only get slower. When even
        that does not make sure, the application answers."""
        if scope["method"] != "GET" or not is_place(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        must_look = (
            b"authorization" in headers
            or self._changes.stirs != self._stirs
            or (self._is_open() and not self._is_fresh())
        )
        is_sure = await self._has_looked() if must_look else self._is_fresh()
        if is_sure and (reply := self._ready(scope, headers)):
            scope["path_template"] = scope["path"]  # for the access log: it is one of ours
            await send_reply(send, reply)
            return
        await self._app(scope, receive, _dressed(send, headers))

    def _ready(self, scope: HTTPScope, headers: Headers) -> Reply | None:
        if own := self._changes.own_stock():
            self._own_stock.update(own)
            self._catalogue.hear_stock(own)
        return self._catalogue.reply(
            scope["path"],
            scope["query_string"],
            accepts=headers.get(b"accept-encoding"),
            known=headers.get(b"if-none-match"),
        )

    def _is_open(self) -> bool:
        """Whether the last look succeeded."""
        return self._known_at > _NEVER

    def _is_fresh(self) -> bool:
        return time.monotonic() - self._known_at <= OLDEST

    async def _follow(self) -> None:
        """Look again and again."""
        write_anew_at = time.monotonic() + PICTURES_FOR
        while True:
            began = time.monotonic()
            await self._look()
            if began > write_anew_at:
                self._catalogue.write_anew()
                write_anew_at = began + PICTURES_FOR
            pause = min(LOOK_SHARE * (time.monotonic() - began), LONGEST_PAUSE)
            await asyncio.sleep(max(PAUSE, pause))

    async def _has_looked(self) -> bool:
        """Whether a look that began from now on succeeded, in time for a request to wait for it."""
        asked_at = time.monotonic()
        with suppress(TimeoutError):
            # The look itself goes on: what it learns will not be told again.
            await asyncio.wait_for(asyncio.shield(self._look()), PATIENCE)
        return self._known_at >= asked_at

    async def _look(self) -> None:
        """Take in what has changed until now. Of those who ask at once, one looks for all who asked
        before she began; when she fails, she has failed for all of them."""
        asked_at = time.monotonic()
        async with self._turn:
            if self._looked_at >= asked_at:
                return
            self._looked_at = began = time.monotonic()
            stirs = self._changes.stirs
            self._own_stock = {}
            try:
                news = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._changes.look
                )
            except Unavailable as silence:
                log.warning("the showcase is closed: %s", silence.detail)
                self._known_at = _NEVER
            except Exception:
                log.exception("the showcase is closed")
                self._known_at = _NEVER
            else:
                self._catalogue.hear(news)
                self._catalogue.hear_stock(self._own_stock)
                self._known_at, self._stirs = began, stirs


async def send_reply(send: Send, reply: Reply, further: Iterable[Header] = ()) -> None:
    headers = [*reply.headers, *further]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def _dressed(send: Send, asked: Headers) -> Send:
    """What the application answers with 200, with tag and coding as if it came from here."""
    start: Message | None = None
    parts: list[bytes] = []

    async def dress(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start" and message["status"] == 200:
            start = message
        elif start is None:
            await send(message)
        else:
            parts.append(message["body"])  # type: ignore[typeddict-item]  # what follows is a body
            if not message.get("more_body"):
                reply = Answer(b"".join(parts)).reply(
                    asked.get(b"accept-encoding"), asked.get(b"if-none-match")
                )
                await send_reply(send, reply, _others(start["headers"]))  # type: ignore[typeddict-item]

    return dress


def _others(headers: Iterable[Header]) -> Iterable[Header]:
    """Without those that a `Reply` has itself."""
    return [each for each in headers if each[0] not in (b"content-type", b"content-length")]
