"""What only a real process shows: bombs of bytes and headers, clients that never finish, and its
log after a whole life."""

from __future__ import annotations

import json
import socket
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from eterno.entrypoints.container import ADMIN_KEY_FILE
from eterno.entrypoints.http.edge import bare_headers
from eterno.entrypoints.outside import UPLOAD_KEY_FILE, WEBHOOK_KEY_FILE
from tests.support.databases import DatabaseServer
from tests.support.outside import PASSWORD, Outside, own_shop
from tests.support.turmoil import BUYER, until

SLOW_CLIENTS = 150
"""More than there are threads that work on requests."""


@pytest.fixture(scope="module")
def shop(
    database_server: DatabaseServer,
    migrated_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Outside]:
    with own_shop(database_server, migrated_template, tmp_path_factory.mktemp("attacked")) as own:
        yield own


def said(shop: Outside, *pieces: bytes) -> bytes:
    """What the server says to these bytes; nothing when it just hangs up."""
    host, port = shop.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
            return line.recv(65536)
        except ConnectionError:  # it did not want to hear the end
            return b""


def request(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


ALWAYS = tuple(b"\r\n%b: %b\r\n" % header for header in bare_headers(hsts=False))
"""On every answer, also on those that never come to the edge."""
AS_JSON = "Content-Type: application/json"
LINE = '{"id":1,"quantity":1,"price":1}'
BOMBS: dict[str, tuple[int, tuple[bytes, ...]]] = {
    "a large body": (
        413,
        (request("POST", "/contact", AS_JSON, "Content-Length: 70000"), b" " * 70_000),
    ),
    "a body that says it is huge": (
        413,
        (request("POST", "/contact", AS_JSON, "Content-Length: 99999999999"), b"{"),
    ),
    "a body in pieces without end": (
        413,
        (
            request("POST", "/contact", AS_JSON, "Transfer-Encoding: chunked"),
            *([b"4000\r\n" + b" " * 0x4000 + b"\r\n"] * 6),
        ),
    ),
    "two lengths": (
        400,
        (request("POST", "/contact", AS_JSON, "Content-Length: 2", "Content-Length: 9"), b"{}"),
    ),
    "a negative length": (400, (request("POST", "/contact", AS_JSON, "Content-Length: -1"), b"")),
    "one long header": (400, (request("GET", "/health/live", f"X-Long: {'x' * 2_000_000}"),)),
    "a great many headers": (
        400,
        (request("GET", "/health/live", *(f"X-{n}: {'x' * 90}" for n in range(20_000))),),
    ),
    "a long address": (400, (request("GET", "/" + "x" * 2_000_000),)),
    "a question of many parts": (
        200,
        (request("GET", "/images/keys?" + "&".join(f"a{n}=1" for n in range(5000))),),
    ),
    "no HTTP at all": (400, (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20 + b"\r\n\r\n",)),
    "a cart of a hundred and one": (
        422,
        (
            request("POST", "/api/checkout", AS_JSON, f"Content-Length: {12 + 101 * 32 - 1}"),
            ('{"items":[' + ",".join([LINE] * 101) + "]}").encode(),
        ),
    ),
    "a nest": (
        422,
        (
            request("POST", "/api/checkout", AS_JSON, "Content-Length: 60000"),
            b"[" * 60_000,
        ),
    ),
    "a number of sixty thousand digits": (
        422,
        (
            request("POST", "/api/checkout", AS_JSON, "Content-Length: 60044"),
            b'{"items":[{"id":' + b"9" * 60_000 + b',"quantity":1,"price":1.0}]}',
        ),
    ),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_bomb_is_refused_and_the_next_visitor_notices_nothing(shop: Outside, what: str) -> None:
    expected, pieces = BOMBS[what]

    answer = said(shop, *pieces)

    # Hanging up on somebody who goes on talking is an answer too.
    assert status_of(answer) in (expected, 0), (what, answer[:200])
    if answer:
        assert all(header in answer for header in ALWAYS), (what, answer[:500])
    with shop.visitor() as visitor:
        assert visitor.get("/health/ready", timeout=5).status_code == 200


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /products HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /contact HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{",
    ],
    ids=["in their headers", "in their bodies"],
)
def test_clients_that_never_finish_keep_nobody_waiting(shop: Outside, beginning: bytes) -> None:
    host, port = shop.url.removeprefix("http://").split(":")
    with ExitStack() as lines, shop.visitor() as visitor:
        slow = [
            lines.enter_context(socket.create_connection((host, int(port)), timeout=10))
            for _ in range(SLOW_CLIENTS)
        ]
        for line in slow:
            line.sendall(beginning)
        took = []
        for turn in range(10):
            for line in slow[turn::10]:
                line.sendall(b" ")
            began = time.monotonic()
            assert visitor.get("/products").status_code == 200
            took.append(time.monotonic() - began)
    assert statistics.median(took) < 1


def test_its_log_holds_no_secret_and_nothing_of_a_person_after_a_whole_life(shop: Outside) -> None:
    assert shop.server is not None
    folder = shop.server.log.parent
    secrets = {PASSWORD, "a wrong guess, but secret", "the-key-of-her-basket"}
    secrets |= {BUYER[name] for name in ("email", "name", "line1", "postal_code")}
    with shop.visitor() as visitor, shop.signed_in() as admin:
        wrong = {"username": shop.admin, "password": "a wrong guess, but secret"}
        assert visitor.post("/admins/login", json=wrong).status_code == 401
        soap = a_soap(admin)
        order = buy(visitor, admin, soap)
        refund = {"amount": 1.0, "reason": "she-was-unhappy"}
        assert admin.post(f"/orders/{order['id']}/refunds", json=refund).status_code == 201
        message = {"name": "Ada Private", "email": "ada-p@example.org", "message": "in confidence"}
        assert visitor.post("/contact", json=message).status_code == 200
        assert visitor.get("/nowhere?email=ada-p@example.org").status_code == 404
        visitor.post("/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": "v1=forged-s"})
        secrets.add(admin.headers["Authorization"].removeprefix("Bearer "))
    secrets |= {"she-was-unhappy", "Ada Private", "ada-p@example.org", "in confidence", "forged-s"}
    for name in (f"sandbox/{WEBHOOK_KEY_FILE}", f"sandbox/{UPLOAD_KEY_FILE}", ADMIN_KEY_FILE):
        secrets.add((folder / name).read_text().strip())
    with sqlite3.connect(folder / "sandbox" / "sandbox.db") as connection:
        for (body,) in connection.execute("SELECT body FROM session"):
            session: dict[str, Any] = json.loads(body)
            secrets |= {session["client_reference_id"], session["id"]}

    log = shop.server.log.read_text()

    assert log.count("\n") > 10
    assert [secret for secret in secrets if secret in log] == []


def a_soap(admin: httpx.Client) -> dict[str, Any]:
    """A variant that can be bought."""
    product = {"name": "Rose", "description": "Red", "ingredients": ["rose"]}
    made = admin.post("/products", json=product)
    assert made.status_code == 201, made.text
    variant = {"size": "100 g", "price": 8.99, "stock_quantity": 10}
    answer = admin.post(f"/products/{made.json()['id']}/variants", json=variant)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def buy(visitor: httpx.Client, admin: httpx.Client, soap: dict[str, Any]) -> dict[str, Any]:
    """The order, paid."""
    item = {"id": soap["id"], "quantity": 1, "price": soap["price"]}
    key = {"Idempotency-Key": "the-key-of-her-basket"}
    page = visitor.post("/api/checkout", json={"items": [item]}, headers=key).json()["url"]
    assert visitor.post(page, data=BUYER).status_code == 303

    def paid() -> list[Any]:
        return list(admin.get("/orders?state=paid").json()["orders"])

    until(lambda: bool(paid()))
    return dict(paid()[0])
