"""The embedded PostgreSQL: starts, is joined, is stopped, and survives what happens to it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from eterno.adapters.postgres.embedded import EmbeddedPostgres, EmbeddedPostgresError
from tests.support.cluster import ask, connect, pid_in

OWNER = """
import sys, time
from pathlib import Path
from eterno.adapters.postgres.embedded import EmbeddedPostgres
with EmbeddedPostgres.open(Path(sys.argv[1]), durable=False) as postgres:
    print("started" if postgres.started_here else "joined", flush=True)
    sys.stdin.readline()
"""
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="a promise for Linux only")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def soon(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


@contextmanager
def another_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """One that opens the folder and stays in it as long as we do; and: has it started or joined?"""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def test_the_first_start_makes_a_cluster_and_close_stops_it(place: Path) -> None:
    folder = place / "data" / "postgres"
    with EmbeddedPostgres.open(folder) as postgres:
        assert postgres.started_here
        assert ask(postgres.uri, "SELECT current_database()") == "postgres"
        assert ask(postgres.uri_of("template1"), "SELECT current_database()") == "template1"
        assert ask(postgres.uri, "SHOW fsync") == "on"
        pid = pid_in(folder)
    postgres.close()
    assert not postgres.started_here
    assert not is_running(pid)
    assert EmbeddedPostgres.running_in(folder) is None


@on_linux
def test_it_listens_on_no_network_and_in_a_private_directory(folder: Path) -> None:
    with EmbeddedPostgres.open(folder, durable=False) as postgres:
        assert ask(postgres.uri, "SHOW listen_addresses") == ""
        assert (folder / "cluster").stat().st_mode & 0o077 == 0
        assert (folder / "cluster" / ".s.PGSQL.5432").is_socket()


def test_data_survive_a_restart(folder: Path) -> None:
    with (
        EmbeddedPostgres.open(folder, durable=False) as postgres,
        connect(postgres.uri) as connection,
    ):
        connection.execute("CREATE TABLE soap AS SELECT 'rose' AS scent")
    with EmbeddedPostgres.open(folder, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT scent FROM soap") == "rose"


def test_a_second_process_joins_and_does_not_stop_it(folder: Path) -> None:
    with EmbeddedPostgres.open(folder, durable=False) as postgres:
        with another_process(folder) as (process, how):
            assert how == "joined"
            process.communicate("leave\n", timeout=10)
        assert ask(postgres.uri, "SELECT 1") == "1"


def test_running_in_joins_but_starts_nothing(folder: Path) -> None:
    assert EmbeddedPostgres.running_in(folder) is None
    with EmbeddedPostgres.open(folder, durable=False) as postgres:
        joined = EmbeddedPostgres.running_in(folder)
        assert joined is not None
        assert not joined.started_here
        joined.close()
        assert ask(joined.uri, "SELECT 1") == "1"
        assert joined.uri == postgres.uri


def test_of_two_first_starts_at_once_one_starts_and_the_other_joins(place: Path) -> None:
    with another_process(place) as (_, first), another_process(place) as (_, second):
        assert sorted([first, second]) == ["joined", "started"]


@on_linux
def test_a_killed_owner_leaves_no_postmaster_behind(folder: Path) -> None:
    with another_process(folder) as (owner, how):
        assert how == "started"
        pid = pid_in(folder)
        owner.kill()
        owner.wait()
        assert soon(lambda: not is_running(pid))
    EmbeddedPostgres.open(folder, durable=False).close()  # clears away what it may have in /tmp


@on_linux
def test_it_starts_again_at_once_after_its_owner_was_killed(folder: Path) -> None:
    with another_process(folder) as (owner, _):
        owner.kill()
        owner.wait()
        with EmbeddedPostgres.open(folder, durable=False) as postgres:
            assert postgres.started_here
            assert ask(postgres.uri, "SELECT 1") == "1"


@on_linux
def test_a_postmaster_that_nobody_looks_after_is_replaced(folder: Path) -> None:
    with another_process(folder) as (owner, _):
        os.kill(owner.pid, signal.SIGSTOP)  # it keeps its child, but...
        pid = pid_in(folder)
        (folder / "lock").unlink()  # ...no longer the lock
        with EmbeddedPostgres.open(folder, durable=False) as postgres:
            assert postgres.started_here
            assert pid_in(folder) != pid
        owner.kill()


@on_linux
def test_the_pid_of_a_crashed_one_may_belong_to_anyone_by_now(folder: Path) -> None:
    postgres = EmbeddedPostgres.open(folder, durable=False)
    record = folder / "cluster" / "postmaster.pid"
    account = (folder / "cluster").stat()
    os.kill(pid_in(folder), signal.SIGKILL)
    assert soon(lambda: EmbeddedPostgres.running_in(folder) is None)
    said = record.read_text()
    postgres.close()
    with subprocess.Popen(["sleep", "60"], user=account.st_uid) as someone:
        try:
            record.write_text(said.replace(said.split("\n")[0], str(someone.pid), 1))
            with EmbeddedPostgres.open(folder, durable=False) as postgres:
                assert ask(postgres.uri, "SELECT 1") == "1"
            assert someone.poll() is None
        finally:
            someone.kill()


def test_a_half_made_cluster_is_made_again(place: Path) -> None:
    half_made = place / "cluster.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres.open(place, durable=False) as postgres:
        assert ask(postgres.uri, "SELECT 1") == "1"
    assert not half_made.exists()


def test_data_of_another_version_are_refused_with_advice(folder: Path) -> None:
    (folder / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 16.*pg_dump"):
        EmbeddedPostgres.open(folder)


def test_a_failed_start_quotes_the_log_and_leaves_the_folder_free(folder: Path) -> None:
    settings = folder / "cluster" / "postgresql.conf"
    sound = settings.read_text()
    settings.write_text(sound + "\nsoap = 'rose'\n")
    with pytest.raises(EmbeddedPostgresError, match='unrecognized configuration parameter "soap"'):
        EmbeddedPostgres.open(folder)
    settings.write_text(sound)
    with EmbeddedPostgres.open(folder) as postgres:
        assert postgres.started_here


def test_a_long_log_is_put_aside(folder: Path) -> None:
    log = folder / "postgres.log"
    log.write_bytes(b"x" * 1_000_001)
    EmbeddedPostgres.open(folder, durable=False).close()
    assert log.stat().st_size < 10_000
    assert (folder / "postgres.log.old").stat().st_size == 1_000_001


@on_linux
def test_ctrl_c_in_the_terminal_does_not_reach_it(folder: Path) -> None:
    with EmbeddedPostgres.open(folder, durable=False):
        assert os.getpgid(pid_in(folder)) != os.getpgid(0)
        assert os.getsid(pid_in(folder)) != os.getsid(0)
