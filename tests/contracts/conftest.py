"""Each port's suite runs over a forgetful fake and over the real thing: `-k memory`, `-k postgres`,
`-k sandbox` choose one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from eterno.adapters.argon2.passwords import Argon2Passwords
from eterno.adapters.jwt.tokens import JwtTokens
from eterno.adapters.memory.access import MemoryTokens, PlainPasswords
from eterno.adapters.memory.changes import MemoryCatalogueChanges
from eterno.adapters.memory.figures import MemoryFigures
from eterno.adapters.memory.office_desk import MemoryOfficeDesk
from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.tables import BrokenRule
from eterno.adapters.memory.views import (
    MemoryAuditDesk,
    MemoryInventoryDesk,
    MemoryMessageDesk,
    MemoryOrderDesk,
    MemoryOutboxDesk,
    MemoryShopPulse,
    MemoryShopWindow,
)
from eterno.adapters.postgres.changes import PostgresCatalogueChanges
from eterno.adapters.postgres.figures import PostgresFigures
from eterno.adapters.postgres.inventory_desk import PostgresInventoryDesk
from eterno.adapters.postgres.news import OwnNews
from eterno.adapters.postgres.office_desk import PostgresOfficeDesk
from eterno.adapters.postgres.shop_window import PostgresShopWindow
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.postgres.views import (
    PostgresAuditDesk,
    PostgresMessageDesk,
    PostgresOrderDesk,
    PostgresOutboxDesk,
    PostgresShopPulse,
)
from eterno.application.ports.access import Passwords, Tokens
from eterno.application.ports.figures import Figures
from eterno.application.ports.messages import MessageDesk
from eterno.application.ports.office import OfficeDesk
from eterno.application.ports.store import Store
from eterno.application.ports.views import (
    AuditDesk,
    CatalogueChanges,
    InventoryDesk,
    OrderDesk,
    OutboxDesk,
    ShopPulse,
    ShopWindow,
)
from eterno.domain.catalog import Variant
from tests.builders import put_on_sale
from tests.contracts.histories import DENVER
from tests.contracts.mailboxes import (
    Mailbox,
    MemoryMailbox,
    SandboxMailbox,
    SendGridMailbox,
    SmtpMailbox,
)
from tests.contracts.pictures import MemoryPictures, Pictures, S3Pictures, SandboxPictures
from tests.contracts.tills import MemoryTill, SandboxTill, Till, stripe_till
from tests.support.clock import FixedClock
from tests.support.sendgrid import sendgrid_stub
from tests.support.smtp import smtp_stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A store and all that looks into it, with time in the test's hand."""

    store: Store
    window: ShopWindow
    inventory: InventoryDesk
    changes: CatalogueChanges
    orders: OrderDesk
    pulse: ShopPulse
    outbox: OutboxDesk
    messages: MessageDesk
    audit: AuditDesk
    office: OfficeDesk
    figures: Figures
    advance: Callable[[timedelta], None]
    broken_rule: type[Exception] | tuple[type[Exception], ...]
    """What is raised for something that the ports call impossible."""


def memory_bench() -> Bench:
    clock = FixedClock()
    store = MemoryStore(clock)
    return Bench(
        store=store,
        window=MemoryShopWindow(store),
        inventory=MemoryInventoryDesk(store),
        changes=MemoryCatalogueChanges(store),
        orders=MemoryOrderDesk(store),
        pulse=MemoryShopPulse(store),
        outbox=MemoryOutboxDesk(store),
        messages=MemoryMessageDesk(store),
        audit=MemoryAuditDesk(store),
        office=MemoryOfficeDesk(store),
        figures=MemoryFigures(store, DENVER),
        advance=clock.advance,
        broken_rule=BrokenRule,
    )


class Shift:
    """How far the database's clock is put forward."""

    def __init__(self) -> None:
        self._by = timedelta(0)

    def __call__(self) -> timedelta:
        return self._by

    def advance(self, by: timedelta) -> None:
        self._by += by


@pytest.fixture(params=["memory", "postgres"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "memory":
        yield memory_bench()
        return
    shift = Shift()
    news = OwnNews()
    store = PostgresStore(request.getfixturevalue("database_uri"), ahead=shift, news=news)
    yield Bench(
        store=store,
        window=PostgresShopWindow(store),
        inventory=PostgresInventoryDesk(store),
        changes=PostgresCatalogueChanges(store, news),
        orders=PostgresOrderDesk(store),
        pulse=PostgresShopPulse(store),
        outbox=PostgresOutboxDesk(store),
        messages=PostgresMessageDesk(store),
        audit=PostgresAuditDesk(store),
        office=PostgresOfficeDesk(store),
        figures=PostgresFigures(store, DENVER),
        advance=shift.advance,
        broken_rule=(DBAPIError, psycopg.Error),
    )
    store.close()


@pytest.fixture
def store(bench: Bench) -> Store:
    return bench.store


@pytest.fixture
def soap(store: Store) -> Variant:
    """Ten of them, at 8.99."""
    return put_on_sale(store)


@pytest.fixture(params=["memory", "postgres"])
def silent_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store that does not answer."""
    if request.param == "memory":
        silent = MemoryStore(FixedClock())
        silent.silent = True
        yield silent
        return
    nobody = PostgresStore("postgresql://nobody@127.0.0.1:1/nothing")
    yield nobody
    nobody.close()


@pytest.fixture(params=["memory", "sandbox", "stripe"])
def till(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Till]:
    if request.param == "stripe":
        with stripe_till() as till:
            yield till
    else:
        yield MemoryTill() if request.param == "memory" else SandboxTill(tmp_path)


@pytest.fixture(params=["memory", "sandbox", "sendgrid", "smtp"])
def mailbox(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    match request.param:
        case "memory":
            yield MemoryMailbox()
        case "sandbox":
            yield SandboxMailbox(tmp_path)
        case "sendgrid":
            with sendgrid_stub() as sendgrid:
                yield SendGridMailbox(sendgrid)
        case "smtp":
            with smtp_stub() as server:
                yield SmtpMailbox(server)


@pytest.fixture(params=["memory", "sandbox"])
def own_pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Pictures:
    """Stores that go by our clock and count what they take in; a bucket does neither: what it
    promises instead is told in tests/adapters/s3."""
    return MemoryPictures() if request.param == "memory" else SandboxPictures(tmp_path)


@pytest.fixture(params=["memory", "sandbox", "s3"])
def pictures(request: pytest.FixtureRequest, tmp_path: Path) -> Pictures:
    match request.param:
        case "memory":
            return MemoryPictures()
        case "sandbox":
            return SandboxPictures(tmp_path)
        case _:
            return S3Pictures(request.getfixturevalue("bucket"))


@pytest.fixture(params=[PlainPasswords, Argon2Passwords], ids=["memory", "argon2"])
def passwords(request: pytest.FixtureRequest) -> Passwords:
    made: Passwords = request.param()
    return made


TOKENS_LAST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """What issues tokens, with time in the test's hand."""

    tokens: Tokens
    advance: Callable[[timedelta], None]


@pytest.fixture(params=["memory", "jwt"])
def mint(request: pytest.FixtureRequest) -> Mint:
    """Its tokens last for an hour."""
    clock = FixedClock()
    tokens: Tokens = MemoryTokens(clock)
    if request.param == "jwt":
        tokens = JwtTokens(["k" * 32], lifetime=TOKENS_LAST, clock=clock)
    return Mint(tokens=tokens, advance=clock.advance)
