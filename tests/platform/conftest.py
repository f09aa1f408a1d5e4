"""Folders with a cluster in them."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from eterno.adapters.postgres.embedded import EmbeddedPostgres
from tests.support.cluster import roomy_place


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short name (tmp_path can be longer than a socket's path may be)."""
    with tempfile.TemporaryDirectory(prefix="eterno_test_", dir=roomy_place()) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="eterno_test_", dir=roomy_place()) as name:
        EmbeddedPostgres.open(Path(name), durable=False).close()
        yield Path(name)


@pytest.fixture
def folder(made: Path, place: Path) -> Path:
    """A folder with a stopped cluster, copied because making one takes a while."""
    copy = place / "postgres"
    if sys.platform == "win32":
        shutil.copytree(made, copy)
    else:
        subprocess.run(["cp", "-a", made, copy], check=True)  # with its owners
    return copy
