from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from eterno.adapters.sandbox.checkout import Funds
from eterno.adapters.sandbox.courier import LEASE, PERSEVERANCE, Courier, WebhookPost
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.payments import SandboxPayments
from eterno.application.ports.payments import SessionStatus
from eterno.domain.orders import Buyer
from tests.adapters.sandbox.conftest import SECRET
from tests.builders import an_order
from tests.support.clock import FixedClock

ADA = Buyer(email="ada@example.org", name="Ada")


class Door:
    """The shop's door: it answers what it was told to, and remembers what was brought."""

    def __init__(self) -> None:
        self.answer: int | Exception = 200
        self.brought: list[tuple[bytes, str]] = []

    def __call__(self, body: bytes, signature: str) -> int:
        self.brought.append((body, signature))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def kinds(self) -> list[str]:
        return [
            json.loads(body)["type"].removeprefix("checkout.session.") for body, _ in self.brought
        ]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def courier(database: SandboxDatabase, door: Door, clock: FixedClock) -> Courier:
    return Courier(database, door, webhook_secret=SECRET, clock=clock)


@pytest.fixture
def session(payments: SandboxPayments) -> str:
    return payments.open_session(an_order()).id


def test_news_is_brought_once_signed_for_the_shop(
    courier: Courier, door: Door, payments: SandboxPayments, session: str
) -> None:
    payments.pay(session, ADA, 0)

    assert [courier.tick(), courier.tick()] == [1, 0]
    ((body, signature),) = door.brought
    notice = payments.read_notice(body, signature)
    assert notice.report is not None
    assert (notice.report.session_id, notice.report.status) == (session, SessionStatus.PAID)


@pytest.mark.parametrize("answer", [500, 400, 302, ConnectionRefusedError(), ValueError("bug")])
def test_what_the_shop_does_not_take_is_brought_again(
    courier: Courier,
    door: Door,
    payments: SandboxPayments,
    session: str,
    clock: FixedClock,
    answer: int | Exception,
) -> None:
    payments.pay(session, ADA, 0)
    door.answer = answer

    assert [courier.tick(), courier.tick()] == [1, 0]
    clock.advance(timedelta(seconds=1))
    assert courier.tick() == 1


def test_it_is_brought_again_ever_more_patiently(
    courier: Courier, door: Door, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay(session, ADA, 0)
    door.answer = 500
    tries = []
    for second in range(200):
        if courier.tick():
            tries.append(second)
        clock.advance(timedelta(seconds=1))

    assert tries == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert len({body for body, _ in door.brought}) == 1
    assert len({signature for _, signature in door.brought}) == len(tries)


def test_it_stops_when_the_shop_takes_it(
    courier: Courier, door: Door, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay(session, ADA, 0)
    door.answer = 503
    courier.tick()
    door.answer = 204
    clock.advance(timedelta(seconds=1))
    courier.tick()
    clock.advance(timedelta(days=1))

    assert courier.tick() == 0


def test_after_three_days_it_gives_up(
    courier: Courier, door: Door, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay(session, ADA, 0)
    door.answer = 500
    courier.tick()
    clock.advance(PERSEVERANCE)

    assert courier.tick() == 1
    clock.advance(timedelta(days=1))
    assert courier.tick() == 0


def test_two_couriers_do_not_bring_the_same_news(
    database: SandboxDatabase, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay(session, ADA, 0)
    second_door = Door()
    second = Courier(database, second_door, webhook_secret=SECRET, clock=clock)

    def slow_door(_body: bytes, _signature: str) -> int:
        second.tick()  # while the first one is still at the door
        return 200

    Courier(database, slow_door, webhook_secret=SECRET, clock=clock).tick()

    assert second_door.brought == []


def test_news_of_a_courier_that_died_is_brought_by_another(
    database: SandboxDatabase,
    courier: Courier,
    door: Door,
    payments: SandboxPayments,
    session: str,
    clock: FixedClock,
) -> None:
    def dies(_body: bytes, _signature: str) -> int:
        raise KeyboardInterrupt

    payments.pay(session, ADA, 0)
    with pytest.raises(KeyboardInterrupt):
        Courier(database, dies, webhook_secret=SECRET, clock=clock).tick()

    assert courier.tick() == 0
    clock.advance(LEASE)
    assert courier.tick() == 1
    assert door.kinds == ["completed"]


def test_overdue_sessions_expire_and_the_shop_hears_of_it(
    courier: Courier, door: Door, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    assert courier.tick() == 0
    clock.advance(timedelta(minutes=31))

    assert courier.tick() == 1
    assert door.kinds == ["expired"]
    assert payments.close_session(session).status is SessionStatus.EXPIRED


@pytest.mark.parametrize(
    ("end", "kind"),
    [(Funds.ARRIVED, "async_payment_succeeded"), (Funds.FAILED, "async_payment_failed")],
)
def test_promised_money_comes_or_fails_and_the_shop_hears_of_it(
    courier: Courier,
    door: Door,
    payments: SandboxPayments,
    session: str,
    clock: FixedClock,
    end: Funds,
    kind: str,
) -> None:
    payments.pay_later(session, ADA, 0, end=end, after=timedelta(seconds=10))
    courier.tick()
    clock.advance(timedelta(seconds=10))
    courier.tick()

    assert door.kinds == ["completed", kind]


def test_an_idle_courier_costs_next_to_nothing(courier: Courier, session: str) -> None:
    fastest = 1.0
    for _ in range(100):
        began = time.perf_counter()
        courier.tick()
        fastest = min(fastest, time.perf_counter() - began)

    assert session
    assert fastest < 0.005  # 0.4 ms on a machine that is not busy with other tests


class Handler(BaseHTTPRequestHandler):
    """An HTTP server that keeps what it is sent, and redirects from /elsewhere."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Stripe-Signature"], body))
        self.send_response(307 if self.path == "/elsewhere" else 200)
        self.send_header("Location", "/stolen")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    seen: list[tuple[str, str, bytes]] = []
    handler = type("Here", (Handler,), {"seen": seen})
    with HTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", seen
        http.shutdown()
        thread.join()


def test_it_posts_to_the_one_address_it_was_given(
    server: tuple[str, list[tuple[str, str, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    base, seen = server

    assert WebhookPost(f"{base}/webhooks/stripe?x=1")(b"{}", "t=1,v1=2") == 200
    assert WebhookPost(f"{base}/elsewhere")(b"{}", "t=1,v1=2") == 307
    assert seen == [
        ("/webhooks/stripe?x=1", "t=1,v1=2", b"{}"),
        ("/elsewhere", "t=1,v1=2", b"{}"),
    ]


def test_a_shop_that_is_not_there_raises_nothing(
    database: SandboxDatabase, payments: SandboxPayments, session: str, clock: FixedClock
) -> None:
    payments.pay(session, ADA, 0)
    post = WebhookPost("http://127.0.0.1:9/webhooks/stripe")

    assert Courier(database, post, webhook_secret=SECRET, clock=clock).tick() == 1


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "ftp://x/", "http://", "localhost:8000"])
def test_it_delivers_only_over_http(url: str) -> None:
    with pytest.raises(ValueError, match="no http address"):
        WebhookPost(url)
