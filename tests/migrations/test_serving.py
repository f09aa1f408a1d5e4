"""A deploy: the shop serves while its database goes on to the next revision, and no request fails.

What comes next is not written yet; so two migrations are made up that keep to the rules.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import create_engine, text

from eterno.adapters.postgres import migrate
from eterno.adapters.postgres.store import PostgresStore
from eterno.application.ports.store import StoreUnavailable
from eterno.entrypoints.cli.output import CommandFailed
from eterno.entrypoints.cli.shops import require_served
from eterno.entrypoints.container import live
from eterno.entrypoints.http.app import create_app
from eterno.entrypoints.settings import read_settings
from tests.builders import put_on_sale
from tests.support import audit
from tests.support.shops import admin_headers

HEAD = migrate.head()
NEXT, AFTER_NEXT = (f"{int(HEAD) + step:04d}" for step in (1, 2))
EXPAND = f'''
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{NEXT}", "{HEAD}"

def upgrade():
    op.add_column("orders", sa.Column("gift", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("shelves", sa.Column("place", sa.Text(), nullable=True))
    op.execute("ALTER TABLE orders ADD CONSTRAINT not_both CHECK (NOT gift OR total > 0) NOT VALID")
'''
INDEX = f'''
from alembic import op
revision, down_revision = "{AFTER_NEXT}", "{NEXT}"

def upgrade():
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_total")
        op.execute("CREATE INDEX CONCURRENTLY ix_orders_total ON orders (total)")
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT not_both")
'''
MOST_PATIENCE = 5.0
"""Seconds that a request may take meanwhile."""
CALLERS = 3


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The migrations, to be added to; what this code knows stays what it was."""
    migrate.known(), migrate.oldest_served()
    folder = tmp_path / "migrations"
    shutil.copytree(migrate._IN_THE_PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "_IN_THE_PROJECT", folder)
    monkeypatch.setattr(migrate, "_PACKAGED", tmp_path / "nowhere")
    yield folder
    migrate.known.cache_clear()
    migrate.oldest_served.cache_clear()


@contextmanager
def in_the_way(uri: str, seconds: float) -> Iterator[None]:
    """For a while somebody reads the orders, as a report does."""
    engine = create_engine(uri)

    def read() -> None:
        with engine.begin() as connection:
            connection.execute(text("SELECT count(*) FROM orders"))
            begun.set()
            time.sleep(seconds)

    begun = threading.Event()
    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    try:
        yield
    finally:
        reader.join()
        engine.dispose()


def test_no_request_fails_while_the_database_goes_on(
    database_uri: str, tmp_path: Path, scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PAUSE", 0.3)
    (scripts / "versions" / "next.py").write_text(EXPAND)
    (scripts / "versions" / "then.py").write_text(INDEX)
    environment = {"ETERNO_DATA_DIR": str(tmp_path), "CHECKOUT_LIMITS": "off"}
    with (
        live(read_settings(environment), database_uri) as shop,
        TestClient(create_app(shop), raise_server_exceptions=False) as client,
    ):
        soap = put_on_sale(shop.store(), pieces=100_000)
        admin = admin_headers(shop)
        basket = {"items": [{"id": soap.id, "quantity": 1, "price": float(soap.price.amount)}]}
        stop = threading.Event()

        asks: list[Callable[[], Any]] = [
            lambda: client.get(f"/products/{soap.product_id}"),
            lambda: client.post("/api/checkout", json=basket),
            lambda: client.get("/orders", headers=admin),
            lambda: client.get("/health/ready"),
        ]

        def call() -> tuple[Counter[int], float]:
            told: Counter[int] = Counter()
            slowest = 0.0
            while not stop.is_set():
                for ask in asks:
                    began = time.monotonic()
                    told[ask().status_code] += 1
                    slowest = max(slowest, time.monotonic() - began)
            return told, slowest

        with ThreadPoolExecutor(CALLERS) as threads:
            callers = [threads.submit(call) for _ in range(CALLERS)]
            with in_the_way(database_uri, 1.5):
                migrate.upgrade(database_uri, AFTER_NEXT)
            stop.set()
        told = [caller.result() for caller in callers]

    assert {*sum((counted for counted, _ in told), Counter())} == {200}
    assert max(slowest for _, slowest in told) < MOST_PATIENCE
    assert migrate.current(database_uri) == AFTER_NEXT
    assert audit.faults(database_uri) == {}


OLD_CODE = (
    "SELECT id, state, total, captured, refunded FROM orders ORDER BY created_at DESC LIMIT 5",
    "INSERT INTO orders (id, token, state, currency, subtotal, discount, shipping, tax, total,"
    " captured, refunded, client, basket, created_at, pay_by, attempt) SELECT id, id::text,"
    " 'awaiting', 'USD', 899, 0, 0, 0, 899, 0, 0, 'c', 'b', now(), now() + '31 min', 1"
    " FROM (SELECT gen_random_uuid() AS id) new",
    "UPDATE shelves SET reserved = reserved",
    "SELECT count(*) FROM stock_movements",
)
"""What a shop of long ago and one of today say alike."""


def test_the_newest_migration_lets_the_code_before_it_go_on(database_uri: str) -> None:
    migrate.downgrade(database_uri, migrate.known()[1])
    engine = create_engine(database_uri, connect_args={"options": "-c lock_timeout=3s"})
    stop = threading.Event()

    def serve() -> int:
        turns = 0
        while not stop.is_set() or turns == 0:
            with engine.begin() as connection:
                for statement in OLD_CODE:
                    connection.execute(text(statement))
            turns += 1
        return turns

    with ThreadPoolExecutor(CALLERS) as threads:
        callers = [threads.submit(serve) for _ in range(CALLERS)]
        time.sleep(0.1)
        migrate.upgrade(database_uri)
        time.sleep(0.1)
        stop.set()
        assert all(caller.result() > 1 for caller in callers)
    engine.dispose()
    assert migrate.current(database_uri) == HEAD


def set_revision(uri: str, revision: str) -> None:
    engine = create_engine(uri)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
    engine.dispose()


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [
        (HEAD, None),
        (NEXT, None),
        (AFTER_NEXT, "needs a newer Eterno"),
        (migrate.known()[-1], "eterno migrate"),
    ],
    ids=["its own", "the next", "the one after", "the first"],
)
def test_a_shop_opens_on_its_own_revision_and_on_the_next(
    database_uri: str, revision: str, remedy: str | None
) -> None:
    set_revision(database_uri, revision)
    if remedy is None:
        require_served(database_uri)
    else:
        with pytest.raises(CommandFailed, match=remedy):
            require_served(database_uri)


SAYS = {"that it can": "CODE_CAN_WAIT = True", "that it cannot": "CODE_CAN_WAIT = False"}


@pytest.mark.parametrize(
    ("newest", "is_open"), [("that it can", True), ("that it cannot", False), ("nothing", False)]
)
def test_a_shop_opens_on_the_revision_before_only_when_the_newest_says_that_it_can(
    database_uri: str, scripts: Path, newest: str, is_open: bool
) -> None:
    migration = f'revision, down_revision = "{NEXT}", "{HEAD}"\n{SAYS.get(newest, "")}\n'
    (scripts / "versions" / f"{NEXT}_made_up.py").write_text(migration)
    migrate.known.cache_clear()
    migrate.oldest_served.cache_clear()
    assert migrate.head() == NEXT

    if is_open:
        require_served(database_uri)
    else:
        with pytest.raises(CommandFailed, match="eterno migrate"):
            require_served(database_uri)
    set_revision(database_uri, migrate.known()[2])
    with pytest.raises(CommandFailed, match="eterno migrate"):
        require_served(database_uri)


@pytest.mark.parametrize(
    ("revision", "is_fit"), [(HEAD, True), (AFTER_NEXT, True), (migrate.known()[-1], False)]
)
def test_a_shop_that_serves_is_ready_unless_its_database_went_back(
    database_uri: str, revision: str, is_fit: bool
) -> None:
    set_revision(database_uri, revision)
    store = PostgresStore(database_uri)

    def ask() -> Any:
        with store.begin() as work:
            work.check_fitness()

    if is_fit:
        ask()
    else:
        with pytest.raises(StoreUnavailable):
            ask()
    store.close()
