from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.stripe_world import stripe_world
from tests.scenarios.world import World, memory_world, postgres_world


@pytest.fixture(params=["memory", "postgres", "stripe"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A shop over HTTP: on fakes, on PostgreSQL with the sandbox, and on PostgreSQL with Stripe's
    adapter; its books must balance in the end."""
    if request.param == "memory":
        with memory_world() as world:
            yield world
            world.check()
    else:
        uri = request.getfixturevalue("database_uri")
        made = stripe_world if request.param == "stripe" else postgres_world
        with made(uri, tmp_path) as world:
            yield world
            world.check()
