"""HTTP as uvicorn speaks it with httptools, with limits that neither of them has, and a shorter way
for answers that are ready.

Without the limits one client can send a head that never ends, and have all of it kept in memory;
and any number of clients can keep their connections for ever by never finishing what they say.

For each answer uvicorn begins a task, and looks through each header for what may not be in one.
For an answer that is ready, with its headers, that is most of what it costs: 43 µs of CPU in all,
and 20 when it is written past that. See docs/decisions/0023-ready-answers-past-asgi.md.
"""

from __future__ import annotations

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from eterno.entrypoints.http.answers import lines_of
from eterno.entrypoints.http.edge import Edge, bare_headers

MOST_HEAD_BYTES = 64 * 1024
"""The most that may come of an address and headers before they are complete; what arrives in one
piece with their end is not counted."""
REQUEST_SECONDS = 60.0
"""How long a request may take to arrive as a whole, and a new connection to say anything."""


class BoundedHttp(HttpToolsProtocol):
    """One connection. A head that is too long is 400; one that comes too slowly is hung up on. What
    the shop's `Edge` can answer at once is written at once."""

    hsts = False
    """Whether browsers are told to come by https only."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._in_head = True
        self._unfinished = False
        self._is_first = True
        """Whether of what has just arrived no request is answered yet."""
        self._deadline: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._deadline = self.loop.call_later(REQUEST_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._is_first = True
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

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        """uvicorn calls this to have a request answered."""
        if not (self._is_plain(cycle) and self._answered_at_once(cycle, app)):
            super()._start_asgi_task(cycle, app)

    def _is_plain(self, cycle: Any) -> bool:
        """Whether there is nothing to be waited for or thought of but the answer. Of many requests
        that arrive in one piece only one is plain: the loop belongs to others as well."""
        is_first, self._is_first = self._is_first, False
        return (
            is_first
            and cycle.keep_alive
            and not self.config.access_log
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _answered_at_once(self, cycle: Any, app: Any) -> bool:
        def write(status: int, lines: bytes, body: bytes) -> None:
            servers = lines_of(cycle.default_headers)
            self.transport.write(b"%b%b%b\r\n%b" % (STATUS_LINE[status], servers, lines, body))
            cycle.response_started = cycle.response_complete = True
            cycle.on_response()
            cycle.on_response = _nothing  # as uvicorn has it: no ring of references

        try:
            return isinstance(app, Edge) and app.at_once(cycle.scope, write)
        except Exception:
            self.logger.exception("an answer that was at hand could not be given")
            return bool(
                cycle.response_complete
            )  # else uvicorn knows what to do when it fails again

    def send_400_response(self, msg: str) -> None:
        """To what is no request, and so never comes to the edge: with the edge's headers."""
        body = msg.encode("ascii")
        headers = (
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
            *bare_headers(hsts=self.hsts),
        )
        self.transport.write(STATUS_LINE[400] + lines_of(headers) + b"\r\n" + body)
        self.transport.close()

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class BoundedHttps(BoundedHttp):
    """The same behind a proxy that speaks https, as in production."""

    hsts = True


def _nothing() -> None:
    pass
