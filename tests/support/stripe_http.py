"""The door of the Stripe of our own: HTTP in, form fields out, JSON back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, unquote, urlsplit

_NAME = re.compile(r"[^\[\]]+")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request, as Stripe reads it."""

    method: str
    path: str
    fields: dict[str, Any]
    """Of the form, or of the address, unfolded: every value is a text."""
    key: str
    """The API key."""
    idempotency_key: str
    version: str


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    is_replayed: bool = False
    """It is what was answered under this key before."""

    @property
    def headers(self) -> dict[str, str]:
        replayed = {"idempotent-replayed": "true"} if self.is_replayed else {}
        return {"content-type": "application/json", "request-id": "req_for_tests", **replayed}


class Silence(Exception):
    """The connection is closed without an answer."""


def unfolded(form: str) -> dict[str, Any]:
    """`a[b]=1&c[0][d]=2` as `{"a": {"b": "1"}, "c": [{"d": "2"}]}`."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form)):
        *path, last = _NAME.findall(name)
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(part) for name, part in value.items()}
    if [*inner] == [str(place) for place in range(len(inner))]:
        return [*inner.values()]
    return inner


@contextmanager
def serving(answer: Callable[[Question], Answer]) -> Iterator[str]:
    """Answer on this machine only; the address."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

        def _answer(self, form: str) -> None:
            try:
                reply = answer(
                    Question(
                        method=self.command,
                        path=unquote(urlsplit(self.path).path),
                        fields=unfolded(form),
                        key=(self.headers["Authorization"] or "").removeprefix("Bearer "),
                        idempotency_key=self.headers.get("Idempotency-Key", ""),
                        version=self.headers.get("Stripe-Version", ""),
                    )
                )
            except Silence:
                return
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(json.dumps(reply.body).encode())
            except OSError:  # whoever asked did not wait
                return

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with (
        patch.dict(os.environ, {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}),
        ThreadingHTTPServer(("127.0.0.1", 0), Door) as server,
    ):
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
