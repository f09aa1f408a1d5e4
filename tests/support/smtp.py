"""A mail server on this machine: takes letters as RFC 5321 says, and can be in every mood."""

from __future__ import annotations

import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

USER, PASSWORD = "shop", "its pass:word"


@dataclass(frozen=True)
class Delivered:
    """A letter as it arrived, with its envelope."""

    sender: str
    to: list[str]
    raw: bytes
    was_private: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


class SmtpStub(socketserver.ThreadingTCPServer):
    """What was delivered to it, and how it is today."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, certificate: ssl.SSLContext | None, *, private_from_start: bool) -> None:
        self.certificate = certificate
        self.private_from_start = private_from_start
        self.letters: list[Delivered] = []
        self.replies: dict[str, str] = {}
        """What it answers to a command instead of doing it; "greeting" and "content" are two."""
        self.hangs_at = ""
        self.asks_who = False
        self.wakes = threading.Event()
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """That somebody leaves, even in the middle of a sentence, is no news."""


class Goodbye(Exception):
    """The conversation is over."""


class _Conversation(socketserver.StreamRequestHandler):
    server: SmtpStub

    def handle(self) -> None:
        self.private = False
        self.sender, self.to = "", list[str]()
        self.known = not self.server.asks_who
        if self.server.private_from_start:
            self._go_private()
        self._say("greeting", "220 stub.example ready")
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            self._obey(command.upper(), rest)

    def _obey(self, command: str, rest: str) -> None:
        match command:
            case "EHLO":
                self._say(command, "\r\n".join(self._features()))
            case "STARTTLS" if self.server.certificate and not self.private:
                self._say(command, "220 go ahead")
                self._go_private()
            case "AUTH":
                _, user, password = b64decode(rest.split()[1]).decode().split("\0")
                self.known = (user, password) == (USER, PASSWORD)
                self._say(command, "235 welcome" if self.known else "535 5.7.8 wrong password")
            case "MAIL" if not self.known:
                self._say(command, "530 5.7.0 who are you")
            case "MAIL":
                self.sender, self.to = _address(rest), []
                self._say(command, "250 ok")
            case "RCPT" if "@" not in rest:
                self._say(command, f"550 5.1.1 {_address(rest)} is unknown here")
            case "RCPT":
                self.to.append(_address(rest))
                self._say(command, "250 ok")
            case "DATA":
                if self._say(command, "354 go ahead"):
                    self._take()
            case "QUIT":
                self._say(command, "221 bye")
                raise Goodbye
            case _:
                self._say(command, "250 ok" if command in ("NOOP", "RSET") else "502 what")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if self._say("content", "250 taken"):
            delivered = Delivered(self.sender, self.to, b"".join(lines), self.private)
            self.server.letters.append(delivered)

    def _features(self) -> Iterator[str]:
        yield "250-stub.example"
        if self.server.certificate and not self.private:
            yield "250-STARTTLS"
        if self.server.asks_who:
            yield "250-AUTH PLAIN"
        yield "250 8BITMIME"

    def _say(self, about: str, usual: str) -> bool:
        """Whether it was the usual answer."""
        if self.server.hangs_at == about:
            self.server.wakes.wait(10)
            raise Goodbye
        reply = self.server.replies.get(about, usual)
        self.wfile.write(f"{reply}\r\n".encode())
        return reply == usual

    def _go_private(self) -> None:
        assert self.server.certificate
        self.request = self.server.certificate.wrap_socket(self.request, server_side=True)
        self.private = True
        self.setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()


@contextmanager
def smtp_stub(
    certificate: ssl.SSLContext | None = None, *, private_from_start: bool = False
) -> Iterator[SmtpStub]:
    stub = SmtpStub(certificate, private_from_start=private_from_start)
    threading.Thread(target=stub.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield stub
    finally:
        stub.wakes.set()
        stub.shutdown()
        stub.server_close()


def _address(argument: str) -> str:
    """`FROM:<a@b> SIZE=3` -> `a@b`."""
    return argument.partition("<")[2].partition(">")[0]
