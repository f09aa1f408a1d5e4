"""A visitor's message, from the page to the owner's mailbox."""

from __future__ import annotations

from tests.contracts.race import at_once
from tests.scenarios.world import World

OWNER = "owner@example.com"
ADA = {"name": "Ada", "email": "ada@example.org", "message": "Is it vegan?"}


def test_a_message_reaches_the_owner(world: World) -> None:
    assert world.client.post("/contact", json=ADA).status_code == 200
    assert world.letters() == []

    world.work()
    assert world.letters() == [(OWNER, "A visitor of Eterno Soap wrote to you")]


def test_six_at_once_from_one_address_are_five(world: World) -> None:
    statuses = at_once(
        *[lambda: world.client.post("/contact", json=ADA).status_code for _ in range(6)]
    )
    assert sorted(statuses) == [200, 200, 200, 200, 200, 429]

    world.work()
    assert len(world.letters()) == 5
