"""One run per data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from eterno.entrypoints.folder_lock import FolderInUse, FolderLock

HOLDER = """
import sys, time
from pathlib import Path
from eterno.entrypoints.folder_lock import FolderLock
with FolderLock(Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "inside\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_the_folder_is_made_and_can_be_locked_again_later(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "shop"
    for _ in range(2):
        with FolderLock(folder):
            assert folder.is_dir()


def test_a_second_run_is_told_which_process_is_the_first(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    try:
        with pytest.raises(FolderInUse, match="Stop it first") as refusal, FolderLock(tmp_path):
            pass
        assert refusal.value.pid == holder.pid
        assert str(tmp_path) in str(refusal.value)
    finally:
        end(holder)


def test_the_lock_vanishes_with_a_killed_process(
    tmp_path: Path, holder: subprocess.Popen[str]
) -> None:
    end(holder)
    with FolderLock(tmp_path):
        pass


def test_a_second_lock_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(FolderInUse), FolderLock(tmp_path):
        pass


def test_a_refused_lock_does_not_free_the_first(tmp_path: Path) -> None:
    with FolderLock(tmp_path):
        for _ in range(2):
            with pytest.raises(FolderInUse), FolderLock(tmp_path):
                pass
