from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from eterno.application.access.audit import record
from eterno.domain.audit import Actor, AuditEntry
from eterno.domain.catalog import Product, Variant
from eterno.domain.inventory import Reason
from tests.application.doorkeeping import Door
from tests.builders import usd
from tests.support.clock import NOON

OAT = Product.described(id=7, name="Oat", description="Gentle", ingredients=("oats",))


@pytest.fixture
def rosa(door: Door) -> Actor:
    return door.who(door.enter("rosa"))


def recorded(door: Door, actor: Actor, **changes: Any) -> AuditEntry | None:
    """The line that is written, if any."""
    before = len(door.shop.store.tables.audit)
    with door.shop.store.begin() as work:
        record(work, actor, "edit product", "product 7", **changes)
    lines = door.shop.store.tables.audit[before:]
    return lines[0] if lines else None


def test_a_line_says_who_did_what_to_what_and_when(door: Door, rosa: Actor) -> None:
    line = recorded(door, rosa, before=OAT, after=replace(OAT, name="Oat & Honey"))

    assert line == AuditEntry(
        at=NOON,
        actor=rosa,
        action="edit product",
        subject="product 7",
        before={"name": "Oat"},
        after={"name": "Oat & Honey"},
    )


def test_where_nothing_changed_nothing_is_written(door: Door, rosa: Actor) -> None:
    assert recorded(door, rosa, before=OAT, after=replace(OAT)) is None


def test_what_was_made_or_removed_is_written_whole(door: Door, rosa: Actor) -> None:
    made, removed = recorded(door, rosa, after=OAT), recorded(door, rosa, before=OAT)

    assert made is not None
    assert removed is not None
    assert made.before is None
    assert removed.after is None
    assert made.after == removed.before
    assert made.after is not None
    assert made.after["ingredients"] == ["oats"]
    assert made.after["img_key"] is None


def test_what_leaves_neither_a_before_nor_an_after_is_written_all_the_same(
    door: Door, rosa: Actor
) -> None:
    line = recorded(door, rosa)

    assert line is not None
    assert (line.before, line.after) == (None, None)


def test_a_field_that_only_one_side_has_is_a_change(door: Door, rosa: Actor) -> None:
    line = recorded(door, rosa, before={"a": 1, "b": 2}, after={"b": 2, "c": 3})

    assert line is not None
    assert (line.before, line.after) == ({"a": 1}, {"c": 3})


def test_a_password_is_not_written_down_not_even_hashed(door: Door, rosa: Actor) -> None:
    ada = door.admin("ada")

    assert recorded(door, rosa, before=ada, after=ada.rehashed("another hash")) is None
    line = recorded(door, rosa, after=ada)
    assert line is not None
    assert ada.password_hash not in str(line)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("text", "text"),
        (usd("8.99"), "8.99 USD"),
        ([1, usd("1.00")], [1, "1.00 USD"]),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"c", "a", "b"}), ["a", "b", "c"]),
        (Reason.COUNT, "count"),
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03-01 00:00:00+00:00"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_are_written_plainly(door: Door, rosa: Actor, value: object, plain: object) -> None:
    line = recorded(door, rosa, after={"field": value})

    assert line is not None
    assert line.after == {"field": plain}


def test_what_is_written_does_not_change_with_what_it_was_made_of(door: Door, rosa: Actor) -> None:
    facts: dict[str, Any] = {"field": ["a"]}
    line = recorded(door, rosa, after=facts)
    facts["field"].append("b")

    assert line is not None
    assert line.after == {"field": ["a"]}


def test_a_variant_s_price_is_written_as_people_read_it(
    door: Door, rosa: Actor, soap: Variant
) -> None:
    line = recorded(door, rosa, before=soap, after=replace(soap, price=usd("9.99")))

    assert line is not None
    changed: tuple[Mapping[str, object] | None, ...] = (line.before, line.after)
    assert changed == ({"price": "8.99 USD"}, {"price": "9.99 USD"})
