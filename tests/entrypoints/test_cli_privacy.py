"""`eterno privacy`, `eterno retention`, `eterno make-list` and `eterno admin enable`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.mailbox import SandboxMailer
from eterno.adapters.system.clock import SystemClock
from eterno.adapters.system.ids import SystemIds
from eterno.application.contact.send_message import SendMessage
from eterno.application.orders.place_manual_order import ManualSale, PlaceManualOrder
from eterno.application.ports.mail import Letter
from eterno.domain.catalog import Variant
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.orders import Order
from eterno.entrypoints.cli.main import main
from tests.builders import add_admin, put_on_sale
from tests.support.ids import CountingIds

ADA = "ada@example.org"
Output = pytest.CaptureFixture[str]
Sell = Callable[[bool], Order]


class Terminal(io.StringIO):
    """Somebody types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def eterno(
    database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs a command on a fresh shop of its own."""
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", database_uri)
    monkeypatch.setenv("ETERNO_DATA_DIR", str(tmp_path))
    return lambda *words: main(words)


@pytest.fixture
def store(database_uri: str) -> Iterator[PostgresStore]:
    store = PostgresStore(database_uri)
    yield store
    store.close()


@pytest.fixture
def soap(store: PostgresStore) -> Variant:
    return put_on_sale(store)


@pytest.fixture
def sell(store: PostgresStore, soap: Variant) -> Sell:
    """Ada buys two soaps at the counter; she has them already, or not."""
    rosa = add_admin(store)
    take = PlaceManualOrder(store, CountingIds(), FulfilmentPolicy())
    return lambda handed_over: take(
        rosa,
        ManualSale(pieces={soap.id: 2}, name="Ada", email=ADA, handed_over=handed_over),
    )


def test_a_buyers_file_is_json(eterno: Callable[..., int], sell: Sell, capsys: Output) -> None:
    order = sell(True)

    assert eterno("privacy", "export", "ADA@example.org", "--as", "rosa") == 0

    file = json.loads(capsys.readouterr().out)
    assert [one["order"]["number"] for one in file["orders"]] == [order.number]


def test_a_buyer_is_forgotten(eterno: Callable[..., int], sell: Sell, capsys: Output) -> None:
    sell(True)

    assert eterno("privacy", "erase", ADA, "--as", "rosa", "--yes") == 0
    assert capsys.readouterr().out == "forgotten: 1 orders, 0 messages\n"
    assert eterno("privacy", "erase", ADA, "--as", "rosa", "--yes") == 0
    assert capsys.readouterr().out == "forgotten: 0 orders, 0 messages\n"


@pytest.mark.parametrize(("typed", "code"), [("Ada@Example.org\n", 0), ("adda@example.org\n", 1)])
def test_the_address_is_asked_for_once_more(
    eterno: Callable[..., int],
    sell: Sell,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    code: int,
) -> None:
    sell(True)
    monkeypatch.setattr("sys.stdin", Terminal(typed))

    assert eterno("privacy", "erase", ADA, "--as", "rosa") == code


def test_without_a_terminal_it_must_be_said_beforehand(
    eterno: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert eterno("privacy", "erase", ADA, "--as", "rosa") == 1
    assert "use --yes" in capsys.readouterr().err


def test_whoever_is_still_needed_is_not_forgotten(
    eterno: Callable[..., int], sell: Sell, capsys: Output
) -> None:
    order = sell(False)

    assert eterno("privacy", "erase", ADA, "--as", "rosa", "--yes") == 1
    assert f"order {order.number}: it was not sent" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("export", ADA), ("erase", ADA, "--yes")])
def test_only_an_admin_asks(
    eterno: Callable[..., int], sell: Sell, capsys: Output, words: tuple[str, ...]
) -> None:
    sell(True)

    assert eterno("privacy", *words, "--as", "nobody") == 1
    assert "no admin nobody" in capsys.readouterr().err


def test_what_is_old_is_forgotten(
    eterno: Callable[..., int], database_uri: str, tmp_path: Path, capsys: Output
) -> None:
    then = timedelta(days=-400)
    past = PostgresStore(database_uri, ahead=lambda: then)
    send = SendMessage(past, SystemIds())
    for client in ("203.0.113.7", "203.0.113.8"):
        send(name="Ada", email=ADA, text="Hello", client=client)
    past.close()
    (tmp_path / "sandbox").mkdir()
    mailbox = SandboxMailer(
        SandboxDatabase(tmp_path / "sandbox" / "sandbox.db"),
        sender="shop@example.com",
        clock=SystemClock(lambda: then),
    )
    mailbox.send(Letter(id="1", to=ADA, subject="Hello", text="Hello", html="Hello"))

    assert eterno("retention", "run") == 0
    assert capsys.readouterr().out == "forgotten: 7 traces that were old enough\n"
    assert eterno("retention", "run") == 0
    assert capsys.readouterr().out == "forgotten: 0 traces that were old enough\n"
    assert mailbox.letters() == []


def test_what_to_make_is_listed(
    eterno: Callable[..., int], sell: Sell, soap: Variant, capsys: Output
) -> None:
    assert eterno("make-list") == 0
    assert "nothing" in capsys.readouterr().out
    order = sell(False)

    assert eterno("make-list") == 0
    said = capsys.readouterr().out
    assert soap.sku in said
    assert f"{order.number} x 2" in said
    assert eterno("make-list", "--json") == 0
    [line] = json.loads(capsys.readouterr().out)
    assert (line["pieces"], line["orders"]) == (2, [{"number": order.number, "pieces": 2}])


def test_an_admin_comes_back(eterno: Callable[..., int], capsys: Output) -> None:
    for name in ("rosa", "ada"):
        eterno("admin", "create", name, "--generate")
    eterno("admin", "disable", "ada")

    assert eterno("admin", "enable", "Ada") == 0
    assert "ada may look after the shop again" in capsys.readouterr().out
    assert eterno("admin", "enable", "nobody") == 1
    capsys.readouterr()
    eterno("admin", "list", "--json")
    assert [admin["active"] for admin in json.loads(capsys.readouterr().out)] == [True, True]
