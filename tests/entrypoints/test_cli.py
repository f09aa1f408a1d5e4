"""The command line, on a real database: what it says, and how it ends."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from eterno.adapters.argon2.passwords import Argon2Passwords
from eterno.adapters.postgres import migrate
from eterno.adapters.postgres.store import PostgresStore
from eterno.adapters.s3.bucket import Bucket
from eterno.adapters.system.ids import SystemIds
from eterno.application.books.compare_books import AGREEMENTS
from eterno.application.orders.place_manual_order import ManualSale, PlaceManualOrder
from eterno.application.ports.queues import Task
from eterno.domain.disputes import Dispute, DisputeState
from eterno.domain.fulfilment import FulfilmentPolicy
from eterno.domain.invariants import INVARIANTS
from eterno.domain.orders import Order
from eterno.entrypoints.cli.main import main, parser
from tests.builders import a_line, add_admin, an_order, put_on_sale
from tests.support.ids import CountingIds
from tests.support.ministack import KEY_ID, REGION, SECRET
from tests.support.sendgrid import KEY, sendgrid_stub

Eterno = Callable[..., int]


@pytest.fixture
def eterno(database_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Eterno:
    """Runs a command on a fresh shop of its own."""
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", database_uri)
    monkeypatch.setenv("ETERNO_DATA_DIR", str(tmp_path))
    return lambda *words: main(words)


Output = pytest.CaptureFixture[str]


def test_help_teaches_every_command(capsys: Output) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    for command in ("run", "serve", "worker", "migrate", "seed", "admin", "orders", "outbox"):
        assert f"\n    {command} " in said
    assert "\n    reconcile" in said
    assert "\n    media " in said
    assert "\n    audit " in said
    assert parser().format_help().count("SUPPRESS") == 0


@pytest.mark.parametrize("words", [["nonsense"], [], ["orders"], ["orders", "list", "--most", "x"]])
def test_a_wrong_command_line_ends_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2


def test_a_wrong_setting_ends_with_2_and_names_it(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("CURRENCY", "dollars")
    assert eterno("orders", "list") == 2
    assert "CURRENCY" in capsys.readouterr().err


def test_seeding_fills_empty_shelves_once(eterno: Eterno, capsys: Output) -> None:
    assert eterno("seed") == 0
    assert "on the shelves" in capsys.readouterr().out
    assert eterno("seed") == 0
    assert "left alone" in capsys.readouterr().out


def test_migrating_says_where_the_database_is(eterno: Eterno, capsys: Output) -> None:
    assert eterno("migrate") == 0
    assert f"already at revision {migrate.head()}" in capsys.readouterr().out


def test_a_database_that_is_behind_is_refused_with_the_remedy(
    eterno: Eterno, database_uri: str, capsys: Output
) -> None:
    migrate.downgrade(database_uri, "base")
    for command in (("serve",), ("worker",), ("orders", "list"), ("seed",)):
        assert eterno(*command) == 1
        assert "eterno migrate" in capsys.readouterr().err
    assert eterno("migrate") == 0
    assert eterno("orders", "list") == 0


def test_a_database_that_does_not_answer_is_told(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("SQLALCHEMY_DATABASE_URI", "postgresql://nobody@127.0.0.1:1/nowhere")
    assert eterno("orders", "list") == 1
    assert "database" in capsys.readouterr().err


def test_an_admin_is_made_from_standard_input(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert eterno("admin", "create", "Rosa", "--password-stdin") == 0
    said = capsys.readouterr()
    assert "rosa may look after the shop" in said.out
    assert "correct horse" not in said.out + said.err


def test_a_generated_password_is_shown_once(eterno: Eterno, capsys: Output) -> None:
    assert eterno("admin", "create", "rosa", "--generate") == 0
    assert "password: " in capsys.readouterr().out
    assert eterno("admin", "create", "rosa", "--generate") == 1
    said = capsys.readouterr()
    assert "password: " not in said.out
    assert "already taken" in said.err


def test_a_poor_password_is_refused(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert eterno("admin", "create", "rosa", "--password-stdin") == 1
    assert "12 to 128" in capsys.readouterr().err


def test_without_a_terminal_no_password_is_asked_for(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert eterno("admin", "create", "rosa") == 1
    assert "--password-stdin" in capsys.readouterr().err


def test_admins_are_listed_and_disabled(eterno: Eterno, capsys: Output) -> None:
    for name in ("rosa", "ada"):
        assert eterno("admin", "create", name, "--generate") == 0
    assert eterno("admin", "disable", "Ada") == 0
    assert "look after the shop no longer" in capsys.readouterr().out

    assert eterno("admin", "list") == 0
    said = capsys.readouterr().out
    assert re.search(r"1 +rosa +active\n2 +ada +disabled\n", said)
    assert eterno("admin", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)[1] == {"id": 2, "username": "ada", "active": False}


def test_the_last_admin_is_not_disabled_and_nobody_neither(eterno: Eterno, capsys: Output) -> None:
    assert eterno("admin", "create", "rosa", "--generate") == 0
    assert eterno("admin", "disable", "rosa") == 1
    assert "last admin" in capsys.readouterr().err
    assert eterno("admin", "disable", "nobody") == 1
    assert "Admin not found" in capsys.readouterr().err


def test_a_forgotten_password_is_replaced(
    eterno: Eterno, database_uri: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert eterno("admin", "create", "rosa", "--generate") == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    assert eterno("admin", "password", "Rosa", "--password-stdin") == 0
    said = capsys.readouterr()
    assert "rosa has another password now" in said.out
    assert "correct horse" not in said.out + said.err

    store = PostgresStore(database_uri)
    with store.begin() as work:
        rosa = work.admins.hold("rosa")
    store.close()
    assert rosa.token_version == 2
    assert Argon2Passwords().verify("correct horse battery", rosa.password_hash)
    assert eterno("admin", "password", "rosa", "--generate") == 0
    assert "password: " in capsys.readouterr().out
    assert eterno("admin", "password", "nobody", "--generate") == 1
    assert "password: " not in capsys.readouterr().out


def test_orders_are_listed_and_shown(
    eterno: Eterno, database_uri: str, tmp_path: Path, capsys: Output
) -> None:
    assert tmp_path.exists()
    store = PostgresStore(database_uri)
    soap = put_on_sale(store)
    order = an_order(a_line(soap.id, 3, "8.99"))
    with store.begin() as work:
        work.orders.add(order)
    store.close()

    assert eterno("orders", "list") == 0
    assert order.token in capsys.readouterr().out
    assert eterno("orders", "list", "--state", "paid", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert eterno("orders", "show", order.token, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["total"], shown["lines"][0]["quantity"]) == (2697, 3)
    assert eterno("orders", "show", str(order.id)) == 0
    assert "26.97 USD" in capsys.readouterr().out
    assert eterno("orders", "show", "12345") == 1
    assert "Order 12345 not found" in capsys.readouterr().err


@pytest.fixture
def sold(eterno: Eterno, database_uri: str) -> Order:
    """Two soaps, paid by hand; and rosa may look after the shop."""
    store = PostgresStore(database_uri)
    soap = put_on_sale(store)
    rosa = add_admin(store)
    take = PlaceManualOrder(store, SystemIds(), FulfilmentPolicy())
    order = take(rosa, ManualSale(pieces={soap.id: 2}, handed_over=False))
    store.close()
    return order


def shown(eterno: Eterno, order: Order, capsys: Output) -> Any:
    capsys.readouterr()
    assert eterno("orders", "show", str(order.id), "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_an_order_is_noted_about_and_shipped(eterno: Eterno, sold: Order, capsys: Output) -> None:
    name = str(sold.number)
    assert eterno("orders", "note", name, "Ring twice", "--as", "rosa") == 0
    assert eterno(
        "orders", "ship", name, "--as", "rosa", "--carrier", "USPS", "--tracking", "9400"
    ) == 0  # fmt: skip
    assert f"Order {name}: shipped" in capsys.readouterr().out

    assert shown(eterno, sold, capsys)["state"] == "shipped"
    assert eterno("orders", "show", name) == 0
    said = capsys.readouterr().out
    for part in ("Ring twice", "rosa", "parcel", "shipped"):
        assert part in said


def test_an_order_is_refunded_and_cancelled(eterno: Eterno, sold: Order, capsys: Output) -> None:
    name = str(sold.number)
    some = ("orders", "refund", name, "--as", "rosa", "--amount", "5", "--key", "r-1")
    assert eterno(*some) == eterno(*some) == 0
    assert "Refund of 5.00 USD: succeeded" in capsys.readouterr().out
    assert shown(eterno, sold, capsys)["refunded"] == 500
    assert eterno("orders", "refund", name, "--as", "rosa", "--amount", "99") == 1
    assert "Only 12.98 USD" in capsys.readouterr().err

    assert eterno("orders", "cancel", name, "--as", "rosa", "--reason", "the cat") == 0

    gone = shown(eterno, sold, capsys)
    assert (gone["state"], gone["refunded"]) == ("cancelled", 1798)
    assert eterno("orders", "refund", name, "--as", "rosa", "--full") == 1


def test_pieces_are_refunded_and_put_back(eterno: Eterno, sold: Order, capsys: Output) -> None:
    refund = ("orders", "refund", str(sold.number), "--as", "rosa")
    line = f"{sold.lines[0].variant_id}:1"
    for wish, complaint in (
        (("--amount", "5", "--restock"), "--line"),
        ((), "say what to give back"),
        (("--full", "--line", line), "say what to give back"),
        (("--line", line, "--line", line), "each variant once"),
    ):
        assert eterno(*refund, *wish) == 1
        assert complaint in capsys.readouterr().err
    with pytest.raises(SystemExit):
        eterno(*refund, "--line", "1:0")

    assert eterno(*refund, "--amount", "5", "--line", line, "--restock") == 0
    assert "Refund of 5.00 USD: succeeded" in capsys.readouterr().out
    assert eterno(*refund, "--line", line, "--restock") == 0
    assert shown(eterno, sold, capsys)["refunded"] == 500 + 899


def test_what_a_bank_suspects_or_asks_back_is_shown(
    eterno: Eterno, sold: Order, database_uri: str, capsys: Output
) -> None:
    store = PostgresStore(database_uri)
    claim = Dispute(
        id="du_1",
        state=DisputeState.NEEDS_RESPONSE,
        amount=sold.total,
        reason="unknown",
        due_by=None,
    )
    with store.begin() as work:
        order = replace(work.orders.hold(sold.id), fraud_warning=True, dispute=claim)
        work.orders.save(order)
    store.close()

    assert eterno("orders", "show", str(sold.number)) == 0
    said = capsys.readouterr().out
    assert "A bank suspects" in said
    assert "Dispute du_1: needs_response, 17.98 USD" in said
    facts = shown(eterno, sold, capsys)
    assert (facts["fraud_warning"], facts["dispute"]["id"]) == (True, "du_1")


def test_only_an_admin_does_anything_about_an_order(
    eterno: Eterno, sold: Order, capsys: Output
) -> None:
    assert eterno("orders", "cancel", str(sold.number), "--as", "mallory") == 1
    assert "no admin mallory" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        eterno("orders", "cancel", str(sold.number))
    with pytest.raises(SystemExit):
        eterno("orders", "refund", str(sold.number), "--as", "rosa", "--amount", "x")
    assert shown(eterno, sold, capsys)["state"] == "paid"


def test_dead_letters_are_seen_and_revived(
    eterno: Eterno, database_uri: str, capsys: Output
) -> None:
    store = PostgresStore(database_uri)
    task = Task(id=CountingIds().new(), reaction="confirm_order", facts={"order_id": "x"})
    with store.begin() as work:
        work.outbox.add([task], work.now)
        work.outbox.bury(task, work.now, "no such mailbox")
    store.close()

    assert eterno("outbox", "list", "--state", "dead") == 0
    assert "no such mailbox" in capsys.readouterr().out
    assert eterno("outbox", "retry", str(task.id)) == 0
    assert "due again" in capsys.readouterr().out
    assert eterno("outbox", "list", "--state", "due", "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == str(task.id)
    assert eterno("outbox", "retry", str(task.id)) == 1
    assert "no dead task" in capsys.readouterr().err


def test_a_healthy_shop_passes_its_audit(eterno: Eterno, capsys: Output) -> None:
    assert eterno("seed") == 0
    assert eterno("audit") == 0
    assert "all of them hold" in capsys.readouterr().out
    assert eterno("audit", "--json") == 0
    verdicts = json.loads(capsys.readouterr().out)
    assert [verdict["id"] for verdict in verdicts] == [*INVARIANTS]


def test_an_audit_looks_outside_when_it_is_asked_to(eterno: Eterno, capsys: Output) -> None:
    assert eterno("seed") == 0
    capsys.readouterr()
    assert eterno("audit", "--remote", "--since", "48h", "--json") == 0
    verdicts = json.loads(capsys.readouterr().out)
    assert [verdict["id"] for verdict in verdicts] == [*INVARIANTS, *AGREEMENTS]


def test_an_audit_names_what_is_wrong_and_ends_with_1(
    eterno: Eterno, database_uri: str, capsys: Output
) -> None:
    store = PostgresStore(database_uri)
    for _ in range(6):
        put_on_sale(store)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE shelves SET on_hand = 7"))
    store.close()

    assert eterno("audit") == 1
    said = capsys.readouterr().out
    assert re.search(r"I02 .*  (\d, ){5}…\n", said)
    assert said.endswith(f"1 of {len(INVARIANTS)} do not hold\n")

    assert eterno("audit", "--json") == 1
    broken = [verdict for verdict in json.loads(capsys.readouterr().out) if verdict["keys"]]
    assert [(verdict["id"], len(verdict["keys"])) for verdict in broken] == [("I02", 6)]


def test_the_configuration_is_checked_without_showing_it(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("TO_EMAIL", "rosa@secret.example")
    assert eterno("config", "check") == 0
    said = capsys.readouterr().out
    assert "PostgreSQL" in said
    assert "rosa@secret.example" not in said


# Mail and pictures


def test_what_was_chosen_is_tried_and_nothing_is_shown(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    with sendgrid_stub() as sendgrid:
        monkeypatch.setenv("SENDGRID_API_KEY", KEY)
        monkeypatch.setenv("SENDGRID_API_URL", sendgrid.address)
        monkeypatch.setenv("FROM_EMAIL", "rosa.secret@gmail.com")
        assert eterno("config", "check") == 0
        table = capsys.readouterr().out
        assert re.search(r"mail +sendgrid +SENDGRID_API_KEY is set", table)
        assert "\nmail: sendgrid answers\nmail: warning: FROM_EMAIL" in table
        assert not re.search(f"{KEY}|rosa|127.0.0.1:", table)

        sendgrid.scopes = []
        assert eterno("config", "check") == 1
        assert "mail: the key may not send letters" in capsys.readouterr().out
        assert sendgrid.bodies == []


def test_settings_from_a_file_are_told_apart(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Output
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ETERNO_ENV_FILE")
    (tmp_path / ".env").write_text("SHOP_NAME=Rosas\nTO_EMAIL=rosa@eterno.example\n")
    monkeypatch.setenv("SHOP_NAME", "Ottos")

    assert eterno("config", "check") == 0
    said = capsys.readouterr().out
    assert re.search("SHOP_NAME +yes ", said)
    assert re.search("TO_EMAIL +file ", said)
    assert re.search("CURRENCY +- ", said)
    assert "rosa@" not in said


def test_without_a_bucket_there_is_nothing_to_check(eterno: Eterno, capsys: Output) -> None:
    assert eterno("media", "check") == 0
    assert "nothing to check" in capsys.readouterr().out


def test_the_demo_pictures_are_stored_where_pictures_are_kept(
    eterno: Eterno, tmp_path: Path, capsys: Output
) -> None:
    assert eterno("seed-images") == 0
    assert eterno("seed-images") == 0
    kept = list((tmp_path / "sandbox" / "media").rglob("*.webp"))
    assert capsys.readouterr().out.endswith(f"{len(kept)} pictures are stored\n")


def test_a_bucket_is_checked_and_filled(
    eterno: Eterno, monkeypatch: pytest.MonkeyPatch, bucket: Bucket, capsys: Output
) -> None:
    monkeypatch.setenv("AWS_BUCKET_NAME", bucket.name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("S3_ENDPOINT_URL", bucket.client.meta.endpoint_url)
    monkeypatch.setenv("FRONTEND_URL", "https://shop.example/")

    assert eterno("media", "check") == 1
    said = capsys.readouterr()
    assert "with https://shop.example" in said.out
    assert "WRONG" in said.out
    assert "3 of 6 are wrong" in said.err

    assert eterno("config", "check") == 0
    assert "\nmedia: s3 answers\n" in capsys.readouterr().out

    assert eterno("seed-images") == 0
    keys = bucket.client.list_objects_v2(Bucket=bucket.name)["Contents"]
    assert capsys.readouterr().out == f"{len(keys)} pictures are stored\n"

    monkeypatch.setenv("AWS_BUCKET_NAME", "was-never-made")
    assert eterno("config", "check") == 1
    assert "no such bucket" in capsys.readouterr().out
