"""A SendGrid on this machine: takes letters as its API does, and can be in every mood."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "SG.for-tests"


class SendGridStub:
    """What it was sent, and how it is today."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.status: int | None = None
        """What it answers to everything, while it is set."""
        self.scopes = ["mail.send", "templates.read"]
        self.hangs = False
        self.wakes = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.wakes.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, key: str, body: bytes) -> tuple[int, object]:
        if self.hangs:
            self.wakes.wait(10)
        if self.status is not None:
            return self.status, _errors("it is for ada@example.org that we say no")
        if key != f"Bearer {KEY}":
            return 401, _errors("The provided authorization grant is invalid")
        if (method, path) == ("GET", "/v3/scopes"):
            return 200, {"scopes": self.scopes}
        if (method, path) != ("POST", "/v3/mail/send"):
            return 404, _errors("not found")
        return self._take(json.loads(body))

    def _take(self, letter: dict[str, Any]) -> tuple[int, object]:
        people = [to for group in letter["personalizations"] for to in group["to"]]
        people += [letter["from"], *([letter["reply_to"]] if "reply_to" in letter else [])]
        if not all("@" in person["email"] for person in people):
            return 400, _errors("Does not contain a valid address.")
        if [part["type"] for part in letter["content"]] != ["text/plain", "text/html"]:
            return 400, _errors("If present, text/plain and text/html may only be in this order.")
        self.bodies.append(letter)
        return 202, None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply("GET")

            def do_POST(self) -> None:
                self._reply("POST")

            def log_message(self, *_: object) -> None:
                """Not in the middle of a test's output."""

            def _reply(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                key = self.headers.get("Authorization", "")
                status, said = stub.answer(method, self.path, key, body)
                content = b"" if said is None else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return Handler


@contextmanager
def sendgrid_stub() -> Iterator[SendGridStub]:
    stub = SendGridStub()
    stub.start()
    try:
        yield stub
    finally:
        stub.close()


def _errors(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "field": None, "help": None}]}
