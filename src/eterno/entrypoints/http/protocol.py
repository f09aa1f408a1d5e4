"""HTTP as uvicorn speaks it with httptools, and limits that neither of them has.

Without them one client can send a head that never ends, and have all of it kept in memory; and any
number of clients can keep their connections for ever by never finishing what they say.
"""

from __future__ import annotations

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from eterno.entrypoints.http.edge import bare_headers

MOST_HEAD_BYTES = 64 * 1024
"""The most that may come of an address and headers before they are complete; what arrives in one
piece with their end is not counted."""
REQUEST_SECONDS = 60.0
"""How long a request may take to arrive as a whole, and a new connection to say anything."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. A head that is too long is 400; one that comes too slowly is hung up on."""

    hsts = False
    """Whether browsers are told to come by https only."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._in_head = True
        self._unfinished = False
        self._deadline: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.call_later(REQUEST_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and self._unfinished:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response("Request head too large")
        if self._unfinished and self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def on_message_begin(self) -> None:
        self._head_bytes, self._in_head, self._unfinished = 0, True, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._unfinished = False
        self._arrived()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """To what is no request, and so never comes to the edge: with the edge's headers."""
        body = msg.encode("ascii")
        headers = (
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
            *bare_headers(hsts=self.hsts),
        )
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[400] + lines + b"\r\n" + body)
        self.transport.close()

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class BoundedHttps(BoundedHttp):
    """The same behind a proxy that speaks https, as in production."""

    hsts = True
