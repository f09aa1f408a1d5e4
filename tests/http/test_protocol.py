"""Limits on what a connection may say, and on how long it may take."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from eterno.entrypoints.http import protocol
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.http.protocol import MOST_HEAD_BYTES, BoundedHttp, BoundedHttps
from tests.support.log_lines import all_that_is_logged
from tests.support.shops import ShopOverHttp
from tests.support.turmoil import until

BRIEFLY = 0.4
WELL = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@contextmanager
def served(here: ShopOverHttp, http: type[BoundedHttp] = BoundedHttp) -> Iterator[int]:
    """Where a server listens."""
    config = uvicorn.Config(create_app(here.shop), http=http, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join()


@pytest.fixture
def port(here: ShopOverHttp, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where one listens that has little patience."""
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", BRIEFLY)
    with served(here) as port:
        yield port


@pytest.fixture
def line(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        yield line


def test_a_head_that_does_not_end_is_refused(line: socket.socket) -> None:
    line.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: ")
    sent = 0
    try:
        while sent < 100 * MOST_HEAD_BYTES:
            sent += line.send(b"x" * 16_384)
        answer = line.recv(1000)
    except ConnectionError:  # it hung up while we talked
        answer = b"HTTP/1.1 400"
    assert answer.startswith(b"HTTP/1.1 400")
    assert sent < 100 * MOST_HEAD_BYTES


@pytest.mark.parametrize(("kind", "hsts"), [(BoundedHttp, False), (BoundedHttps, True)])
def test_what_is_no_request_is_answered_with_the_edges_headers(
    here: ShopOverHttp, kind: type[BoundedHttp], hsts: bool
) -> None:
    with served(here, kind) as port, socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(b"no request at all\r\n\r\n")
        answer = line.recv(10_000)

    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.split(b"\r\n")
    assert status == b"HTTP/1.1 400 Bad Request"
    headers = dict(header.split(b": ", 1) for header in lines)
    assert int(headers[b"content-length"]) == len(body) > 0
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
    assert (b"strict-transport-security" in headers) is hsts


def test_large_heads_that_are_reasonable_are_taken(line: socket.socket) -> None:
    line.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: ")
    for _ in range(30):
        line.sendall(b"x" * 1000)
    line.sendall(b"\r\n\r\n")
    assert line.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /health/live HTTP/1.1\r\nHost: x\r\n",
        b"POST /contact HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["nothing", "a head", "a body"],
)
def test_who_does_not_finish_is_hung_up_on(line: socket.socket, beginning: bytes) -> None:
    began = time.monotonic()
    with all_that_is_logged() as lines:
        line.sendall(beginning)
        assert line.recv(1000) == b""
        assert time.monotonic() - began >= BRIEFLY * 0.9
        if beginning.startswith(b"POST"):
            until(lambda: any('"status":400' in told for told in lines))
    assert [told for told in lines if '"error"' in told] == []


def test_who_finishes_in_time_may_go_on(line: socket.socket) -> None:
    for _ in range(3):
        line.sendall(WELL[:20])
        time.sleep(BRIEFLY / 2)
        line.sendall(WELL[20:])
        assert line.recv(4000).startswith(b"HTTP/1.1 200")
