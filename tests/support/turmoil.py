"""A shop of real processes on a PostgreSQL of its own, customers who never rest, and `kill -9`.

Everything random follows from the seed; what the processes make of it is up to the machine.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from eterno.adapters.jwt.tokens import JwtTokens
from eterno.adapters.postgres import migrate
from eterno.adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.system.clock import SystemClock
from eterno.application.ports.access import Claims
from eterno.domain.catalog import Variant
from tests.builders import add_admin, put_on_sale
from tests.support.cluster import pid_in
from tests.support.processes import PATIENCE, Server, free_port

KEY = "zQ8vK2mN7rT4xW9bY3cJ6hL1pS5dF0gA"
BUYER = {
    "email": "rosa@example.org",
    "name": "Rosa Klein",
    "line1": "1 Larimer Street",
    "city": "Denver",
    "state": "CO",
    "postal_code": "80202",
    "country": "US",
    "delivery": "0",
    "ending": "pay",
}
SANDBOX = "/sandbox/"
CUSTOMERS = 4
HANDS, WORKERS = "2", 2
"""Processes that answer, behind one port, and processes that do what nobody asks for."""
SOAPS, PIECES = 3, 100_000
PERSEVERANCE = 200
"""How often a customer asks the same thing again before she gives up."""
_BREATH = 0.1
"""Seconds between two of her tries."""


@dataclass
class Diary:
    """What the customers were told. One lock for all: they write little."""

    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody may ever get."""
    pages: dict[str, str] = field(default_factory=dict)
    """The address of each basket's payment page, by its key."""
    paid: set[str] = field(default_factory=set)
    """Payment pages on which somebody paid."""
    deliveries: set[str] = field(default_factory=set)
    refunds: set[str] = field(default_factory=set)
    messages: set[str] = field(default_factory=set)
    last_success: float = 0.0
    """Of something that needs the shop's database, as all do but the sandbox's own pages."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, answer: httpx.Response | None) -> None:
        with self.lock:
            if answer is None:
                self.unanswered += 1
                return
            self.statuses[answer.status_code] += 1
            if answer.status_code < 400 and SANDBOX not in what:
                self.last_success = time.monotonic()
            bad = answer.status_code >= 500 and answer.status_code != 503
            if bad or (answer.status_code == 503 and "retry-after" not in answer.headers):
                self.wrong.append(f"{what}: {answer.status_code} {answer.text[:200]}")

    def note_page(self, key: str, page: str) -> None:
        with self.lock:
            if self.pages.setdefault(key, page) != page:
                self.wrong.append(f"{key} has two payment pages")


class House:
    """The processes of a shop, each of which may be killed and comes back."""

    def __init__(self, folder: Path, postgres: EmbeddedPostgres) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "processes.log"
        self._postgres = postgres
        self.uri = postgres.uri
        migrate.upgrade(self.uri)
        self.store = PostgresStore(self.uri)
        self.soaps: list[Variant] = [put_on_sale(self.store, pieces=PIECES) for _ in range(SOAPS)]
        admin = add_admin(self.store)
        claims = Claims(admin_id=admin.admin_id, version=1)
        tokens = JwtTokens([KEY], lifetime=timedelta(hours=12), clock=SystemClock())
        self.admin = {"Authorization": f"Bearer {tokens.issue(claims)}"}
        self.victims = {
            "web": self._kill_web,
            "hand": self._kill_hand,
            "worker": self._kill_worker,
            "postmaster": self._kill_postmaster,
        }
        self._web = self._start_web()
        self._workers = [self._start("worker") for _ in range(WORKERS)]
        self._wait_for_web()

    def kill(self, victim: str) -> None:
        """`kill -9`; back when it serves again."""
        self.victims[victim]()

    def close(self) -> None:
        for process in (self._web, *self._workers):
            kill_family(process)
        self.store.close()
        self._postgres.close()

    def _kill_web(self) -> None:
        """All that answer, and the one that looks after them."""
        kill_family(self._web)
        self._web = self._start_web()
        self._wait_for_web()

    def _kill_hand(self) -> None:
        """One that answers, amid the others; it is replaced without us."""
        hands = filter(answers, psutil.Process(self._web.pid).children())
        min(hands, key=psutil.Process.create_time).kill()
        self._wait_for_web()

    def _kill_worker(self) -> None:
        """The one that has lived longest."""
        kill_family(self._workers.pop(0))
        self._workers.append(self._start("worker"))

    def _kill_postmaster(self) -> None:
        place = self.folder / "postgres"
        os.kill(pid_in(place), signal.SIGKILL)
        self._postgres.close()
        self.store.close()  # our own connections are dead too
        deadline = time.monotonic() + PATIENCE
        while True:  # its orphans finish their sentence first
            try:
                self._postgres = EmbeddedPostgres.open(place)
            except EmbeddedPostgresError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _start_web(self) -> subprocess.Popen[bytes]:
        return self._start("serve", "--workers", HANDS)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "eterno.entrypoints.cli", *words],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "SQLALCHEMY_DATABASE_URI": self.uri,
                    "ETERNO_DATA_DIR": str(self.folder),
                    "ADMIN_JWT_SECRET": KEY,
                    "CHECKOUT_LIMITS": "off",
                    "TRUSTED_PROXIES": "127.0.0.0/8",
                    "PORT": str(self.port),
                },
            )

    def _wait_for_web(self) -> None:
        Server(self._web, self.port, self.log).wait_until_ready()


def answers(process: psutil.Process) -> bool:
    """Whether it is one of those that answer, and alive."""
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def kill_family(process: subprocess.Popen[bytes]) -> None:
    """The first dies first, so that it replaces nobody."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(PATIENCE)
    for child in children:
        with suppress(psutil.NoSuchProcess):  # one that saw it and left
            child.kill()
    _, alive = psutil.wait_procs(children, timeout=PATIENCE)
    assert not alive


@contextmanager
def house() -> Iterator[House]:
    """A shop that is open, in a folder of its own. Enter it from the main thread."""
    with tempfile.TemporaryDirectory(prefix="eterno_kills_") as name:
        folder = Path(name)
        open_house = House(folder, EmbeddedPostgres.open(folder / "postgres"))
        try:
            yield open_house
        finally:
            open_house.close()


class Customer:
    """Buys, pays, writes; and as the owner receives deliveries and gives money back."""

    def __init__(self, house: House, diary: Diary, seed: str, stop: threading.Event) -> None:
        self._house = house
        self._diary = diary
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  # guards nothing
        self._stop = stop

    def live(self) -> None:
        with httpx.Client(base_url=self._house.url, timeout=20) as self._client:
            deeds = (self._buy, self._buy, self._buy, self._receive, self._give_back, self._write)
            turn = 0
            while not self._stop.is_set():
                self._random.choice(deeds)(f"{self._seed}-{turn}")
                turn += 1

    def _buy(self, key: str) -> None:
        soap, quantity = self._random.choice(self._house.soaps), self._random.randint(1, 3)
        item = {"id": soap.id, "quantity": quantity, "price": float(soap.price.amount)}
        named = {"Idempotency-Key": key}
        answer = self._insist("POST", "/api/checkout", named, json={"items": [item]})
        if answer is None or answer.status_code != 200:
            return
        page = answer.json()["url"]
        self._diary.note_page(key, page)
        if self._random.random() < 0.8:
            paid = self._insist("POST", page, {}, data=BUYER)
            if paid is not None and paid.status_code == 303:
                with self._diary.lock:
                    self._diary.paid.add(page)

    def _receive(self, key: str) -> None:
        soap = self._random.choice(self._house.soaps)
        headers = {**self._house.admin, "Idempotency-Key": key}
        path = f"/inventory/{soap.id}/deliveries"
        answer = self._insist("POST", path, headers, json={"quantity": 1})
        self._keep(self._diary.deliveries, key, answer)

    def _give_back(self, key: str) -> None:
        listed = self._insist("GET", "/orders?state=paid&limit=20", self._house.admin)
        if listed is None or listed.status_code != 200 or not listed.json()["orders"]:
            return
        order = self._random.choice(listed.json()["orders"])
        headers = {**self._house.admin, "Idempotency-Key": key}
        path = f"/orders/{order['id']}/refunds"
        answer = self._insist("POST", path, headers, json={"amount": 1.0, "restock": False})
        if answer is not None and answer.status_code == 201:
            self._keep(self._diary.refunds, answer.json()["id"], answer)

    def _write(self, key: str) -> None:
        somewhere = ".".join(str(self._random.randint(1, 254)) for _ in range(3))
        message = {"name": "Ada", "email": "ada@example.org", "message": f"message {key}"}
        headers = {"X-Forwarded-For": f"10.{somewhere}"}
        answer = self._ask("POST", "/contact", headers, json=message)
        self._keep(self._diary.messages, f"message {key}", answer)

    def _keep(self, kept: set[str], name: str, answer: httpx.Response | None) -> None:
        if answer is not None and answer.is_success:
            with self._diary.lock:
                kept.add(name)

    def _insist(
        self, method: str, path: str, headers: Mapping[str, str], **body: Any
    ) -> httpx.Response | None:
        """Ask until there is an answer other than "later", as one can whose request has a key."""
        for _ in range(PERSEVERANCE):
            answer = self._ask(method, path, headers, **body)
            if answer is not None and answer.status_code != 503:
                return answer
            if self._stop.wait(_BREATH):
                break
        return None

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], **body: Any
    ) -> httpx.Response | None:
        try:
            answer = self._client.request(method, path, headers=dict(headers), **body)
        except httpx.HTTPError:
            answer = None
        self._diary.note(f"{method} {path}", answer)
        return answer


@contextmanager
def customers(house: House, diary: Diary, seed: str) -> Iterator[None]:
    """So many of them, until the end of the block."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=Customer(house, diary, f"{seed}-{n}", stop).live)
        for n in range(CUSTOMERS)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)


def until(what: Callable[[], bool], within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def ask_sandbox(folder: Path, question: str) -> list[Any]:
    """The first column of what its file answers."""
    with sqlite3.connect(folder / "sandbox" / "sandbox.db", timeout=10) as connection:
        return [row[0] for row in connection.execute(question).fetchall()]
