"""The owner's letters by the calendar, over HTTP."""

from __future__ import annotations

from datetime import timedelta

from tests.contracts.race import at_once
from tests.scenarios.world import World

OWNER = "owner@example.com"


def letters(world: World, about: str) -> list[str]:
    world.work()
    return [subject for to, subject in world.letters() if to == OWNER and about in subject]


def morning(world: World) -> None:
    """Two workers look at the calendar at the same moment, and each of them twice."""
    look = world.shop.send_digests()
    at_once(look, look)
    at_once(look, look)


def test_each_day_the_owner_learns_once_what_is_low(world: World) -> None:
    soap = world.soap(pieces=6)
    morning(world)
    assert letters(world, "low on") == []

    world.wait(timedelta(days=1))
    world.page(soap, 2)
    morning(world)
    [first] = letters(world, "low on")
    assert first.startswith("1 article low on ")

    world.wait(timedelta(days=7))
    morning(world)
    assert len(letters(world, "low on")) == 2


def test_after_each_week_the_owner_learns_once_how_it_was(world: World) -> None:
    soap = world.soap(pieces=50)
    world.pay(world.page(soap, 2))
    world.post()

    for _ in range(9):
        morning(world)
        world.wait(timedelta(days=1))

    told = letters(world, "The week from ")
    assert len([subject for subject in told if subject.endswith(": 1 order, $17.98")]) == 1
