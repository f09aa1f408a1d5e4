from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.world import World, memory_world, postgres_world


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A shop over HTTP, on each of the two stores; its books must balance in the end."""
    if request.param == "memory":
        with memory_world() as world:
            yield world
            world.check()
    else:
        uri = request.getfixturevalue("database_uri")
        with postgres_world(uri, tmp_path) as world:
            yield world
            world.check()
