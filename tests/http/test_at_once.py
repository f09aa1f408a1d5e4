"""Answers that are ready are written past ASGI, and nobody can tell but by the clock."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from eterno.adapters.memory.changes import MemoryCatalogueChanges
from eterno.entrypoints.http.answers import Reply
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.http.edge import Edge
from eterno.entrypoints.http.protocol import BoundedHttp
from eterno.entrypoints.logs import Access
from eterno.entrypoints.metrics import Meters
from tests.builders import add_category, add_product, put_on_sale
from tests.support.shops import FRONTEND, ShopOverHttp
from tests.support.turmoil import until

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ASKED = [
    "GET /products",
    "GET /products|Accept-Encoding: zstd, br, gzip",
    "GET /products|Accept-Encoding: br",
    "GET /products|Accept-Encoding: gzip",
    "GET /products?limit=1",
    "GET /products|If-None-Match: *",
    "GET /products|If-None-Match: *|Accept-Encoding: zstd|Origin: " + FRONTEND,
    "GET /products|Origin: " + FRONTEND,
    "GET /products|Origin: https://evil.example",
    "GET /products|X-Request-Id: from-the-proxy-1",
    "GET /products|X-Request-Id: no",
    "GET /products|Traceparent: " + TRACE,
    "GET /products|Traceparent: nonsense",
    "GET /products|Authorization: Bearer anything",
    "GET /products|Expect: 100-continue",
    "GET /products|Content-Length: 0",
    "HEAD /products",
    "HEAD /products/1|Accept-Encoding: gzip",
    "HEAD /products|If-None-Match: *",
    "GET /products/1",
    "GET /products/1/variants",
    "GET /categories",
    "GET /categories/1",
    "GET /products/999",
    "GET /products?sort=name",
    "GET /products?limit=0",
    "POST /products",
    "OPTIONS /products|Access-Control-Request-Method: POST|Origin: " + FRONTEND,
    "GET /health/live",
]
LAST = "GET /health/live|Connection: close"


DIFFERENT = re.compile(rb"(date: |x-request-id: (?!from-the-proxy))[^\r]*")


class ThroughAsgi(BoundedHttp):
    """As uvicorn does it."""

    _start_asgi_task = HttpToolsProtocol._start_asgi_task


class Server:
    """The shop as it is served, and what it says of its visitors."""

    def __init__(self, here: ShopOverHttp, http: type[BoundedHttp]) -> None:
        self.told: list[Access] = []
        self.meters = Meters()
        with here.shop.catalogue_changes.override(MemoryCatalogueChanges(here.store)):
            self.edge = create_app(here.shop, access=self.told.append, meters=self.meters)
        config = uvicorn.Config(
            self.edge, http=http, access_log=False, log_config=None, proxy_headers=False
        )
        self.uvicorn = uvicorn.Server(config)

    @contextmanager
    def running(self) -> Iterator[Server]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = int(listener.getsockname()[1])
            thread = threading.Thread(target=self.uvicorn.run, args=([listener],))
            thread.start()
            until(lambda: b"Oat" in self.ask("GET /products"))
            self.told.clear()
            yield self
            self.uvicorn.should_exit = True
            thread.join()

    @contextmanager
    def line(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as line:
            yield line

    def ask(self, *asked: str) -> bytes:
        """All that is answered to these, sent in one piece, until it hangs up."""
        with self.line() as line:
            line.sendall(b"".join(map(written, (*asked, LAST))))
            whole = b"".join(iter(lambda: line.recv(65_536), b""))
        return DIFFERENT.sub(b"", whole)

    def says(self) -> list[Any]:
        """Of what was asked: in the log and in the metrics."""
        until(lambda: bool(self.told) and self.told[-1].path == "/health/live")
        return [
            *((each.method, each.path, each.status, each.trace, each.parent) for each in self.told),
            *(line for line in self.meters.text(None).splitlines() if "_count" in line),
        ]


def written(asked: str) -> bytes:
    first, *headers = asked.split("|")
    return "\r\n".join([f"{first} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


@pytest.fixture
def filled(here: ShopOverHttp) -> ShopOverHttp:
    gifts = add_category(here.store)
    for name in ("Oat", "Rose", "Mint"):
        put_on_sale(here.store, add_product(here.store, name, categories=(gifts,)))
    return here


@pytest.fixture
def short(filled: ShopOverHttp) -> Iterator[Server]:
    with Server(filled, BoundedHttp).running() as server:
        yield server


@pytest.fixture
def long(filled: ShopOverHttp) -> Iterator[Server]:
    with Server(filled, ThroughAsgi).running() as server:
        yield server


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of what was answered through ASGI."""
    paths: list[str] = []
    call = Edge.__call__

    async def noted(self: Edge, scope: Any, receive: Any, send: Any) -> None:
        paths.append(scope.get("path", scope["type"]))
        await call(self, scope, receive, send)

    monkeypatch.setattr(Edge, "__call__", noted)
    return paths


def test_both_ways_say_the_same(short: Server, long: Server) -> None:
    for asked in ASKED:
        assert short.ask(asked) == long.ask(asked), asked
    assert short.says() == long.says()


def test_both_ways_say_the_same_to_many_questions_in_one_piece(short: Server, long: Server) -> None:
    assert short.ask(*ASKED * 3) == long.ask(*ASKED * 3)
    assert short.says() == long.says()


@pytest.mark.parametrize("asked", ["GET /products", "HEAD /products/1", "GET /categories/1"])
def test_an_answer_that_is_ready_is_written_past_asgi(
    called: list[str], short: Server, asked: str
) -> None:
    """It is not when uvicorn no longer calls `_start_asgi_task`, which is no part of its API."""
    called.clear()
    with short.line() as line:
        for _ in range(5):
            line.sendall(written(asked))
            assert line.recv(65_536).startswith(b"HTTP/1.1 200 OK\r\n")
    assert called == []
    assert short.uvicorn.server_state.tasks == set()


def test_of_what_arrives_in_one_piece_only_the_first_is(called: list[str], short: Server) -> None:
    """Whoever sends thousands would hold up the loop, and nest them."""
    called.clear()
    short.ask(*["GET /products"] * 2_000)
    assert called == ["/products"] * 1_999 + ["/health/live"]


def test_a_connection_is_closed_when_nothing_more_comes(
    short: Server,
) -> None:
    short.uvicorn.config.timeout_keep_alive = 1
    with short.line() as line:
        line.sendall(written("GET /products"))
        assert line.recv(65_536).startswith(b"HTTP/1.1 200")
        assert line.recv(65_536) == b""


def test_who_leaves_before_the_answer_harms_nobody(short: Server, long: Server) -> None:
    for server in (short, long):
        for _ in range(20):
            with server.line() as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.sendall(written("GET /products"))
        server.ask("GET /products")
        until(lambda server=server: len(server.told) == 22)  # type: ignore[misc]
    assert short.says() == long.says()


def test_an_answer_that_cannot_be_given_fails_as_uvicorn_has_it(
    short: Server, long: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Reply:
        raise RuntimeError

    answers = []
    for server in (short, long):
        monkeypatch.setattr(server.edge, "_at_hand", broken)
        answers.append(server.ask("GET /products"))
    assert answers[0].startswith(b"HTTP/1.1 500")
    assert answers[0] == answers[1]
