"""A buyer who wants to be forgotten, over HTTP."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.scenarios.world import ROSA, World, postgres_world
from tests.support import audit

EMAIL = ROSA.email
ROSA_WRITES = {"name": "Rosa Klein", "email": EMAIL, "message": "Rosa Klein here. Is it vegan?"}
TRACES = ("rosa@example.org", "klein", "larimer", "80202")
"""Of her: in no case, and nowhere."""


def dump(uri: str) -> dict[str, str]:
    """Everything in the database as text, by table."""
    engine = create_engine(uri)
    with engine.connect() as connection:
        names = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        ).scalars()
        found = {}
        for name in names.all():
            rows = connection.execute(text(f'SELECT t::text FROM "{name}" t')).scalars()  # noqa: S608
            found[name] = "\n".join(rows).lower()
    engine.dispose()
    return found


def tables_with(uri: str, *traces: str) -> set[str]:
    return {name for name, rows in dump(uri).items() if any(trace in rows for trace in traces)}


def figures(world: World) -> dict[str, Any]:
    """What the owner is told of her sales, buyers and cash."""
    told = {}
    for about in ("sales", "goods", "checkouts", "customers", "service", "cash"):
        answer = world.client.get(f"/analytics/{about}", headers=world.signed_in)
        assert answer.status_code == 200, answer.text
        told[about] = {name: part for name, part in answer.json().items() if name != "as_of"}
    return told


def live_through(world: World) -> None:
    """Rosa buys, gets it in two parcels, has one soap refunded, disputes and loses patience; writes
    to the owner; begins to buy again and does not pay; and buys at the stall."""
    soap = world.soap(pieces=10)
    for path in ("/contact", "/contact"):
        assert world.client.post(path, json=ROSA_WRITES).status_code == 200
    world.pay(world.page(soap, 3))
    world.post()
    path = f"/orders/{world.order().number}"
    world.tell(f"{path}/notes", {"text": "Rosa Klein called about her soap"})
    two = [{"variant_id": soap.id, "quantity": 2}]
    world.tell(f"{path}/ship", {"carrier": "USPS", "tracking": "9400 1", "lines": two})
    world.tell(f"{path}/ship", {"carrier": "USPS", "tracking": "9400 2"})
    one = [{"variant_id": soap.id, "quantity": 1}]
    refund = {"lines": one, "restock": True, "reason": "Rosa Klein says that it is cracked"}
    world.tell(f"{path}/refunds", refund)
    world.tell(f"{path}/deliver")
    page = world.page(soap, 1)
    world.pay_later(page)
    world.post()
    world.money_fails(page)
    world.post()
    sale = {"items": [{"id": soap.id, "quantity": 1}], "email": "Rosa@Example.org"}
    world.tell("/orders", {**sale, "name": "Rosa Klein", "note": "Rosa Klein came by"})
    for _ in range(3):
        world.work()
        world.post()


def test_a_buyer_is_forgotten_and_the_books_stay(world: World) -> None:
    live_through(world)
    asked = world.tell("/privacy/export", {"email": EMAIL})
    told = figures(world)
    kept = [
        {name: order["order"][name] for name in ("number", "state", "lines", "sums", "parcels")}
        for order in asked["orders"]
    ]
    letters = len(world.letters())

    erased = world.tell("/privacy/erase", {"email": EMAIL, "confirm": EMAIL})

    assert erased == {"orders": 3, "messages": 2}
    assert world.tell("/privacy/export", {"email": EMAIL})["orders"] == []
    listed = world.client.get("/orders", headers=world.signed_in).json()["orders"]
    assert [order["buyer"] for order in listed] == [None] * 3
    assert [
        {name: order[name] for name in ("number", "state", "lines", "sums", "parcels")}
        for order in reversed(listed)
    ] == kept
    assert figures(world) == told
    world.work()
    assert len(world.letters()) == letters


def test_after_that_no_column_of_any_table_knows_her(database_uri: str, tmp_path: Path) -> None:
    with postgres_world(database_uri, tmp_path) as world:
        live_through(world)
        assert {"orders", "messages", "order_events", "refunds"} <= tables_with(
            database_uri, *TRACES
        )

        world.tell("/privacy/erase", {"email": EMAIL, "confirm": EMAIL})

        assert tables_with(database_uri, *TRACES) == set()
        assert tables_with(database_uri, "rosa klein", "testclient") == set()
        assert audit.faults(database_uri) == {}


def test_what_was_never_paid_is_forgotten_in_time(database_uri: str, tmp_path: Path) -> None:
    with postgres_world(database_uri, tmp_path) as world:
        soap = world.soap(pieces=10)
        page = world.page(soap, 1)
        world.pay_later(page)
        world.post()
        world.money_fails(page)
        world.post()
        world.client.post("/contact", json=ROSA_WRITES)
        world.work()
        assert tables_with(database_uri, *TRACES) == {"orders", "messages"}

        world.wait(timedelta(days=91))
        world.shop.sweep_traces()()
        assert tables_with(database_uri, *TRACES) == {"messages"}

        world.wait(timedelta(days=300))
        world.shop.sweep_traces()()
        assert tables_with(database_uri, *TRACES) == set()
        assert audit.faults(database_uri) == {}
