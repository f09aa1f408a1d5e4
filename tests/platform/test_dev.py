"""dev.py: from a bare Python to a running shop, with a stand-in for uv that needs no network."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dev

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

FAKE_UV = f"""#!/bin/sh
echo "$@" >> "$PROJECT/calls"
if [ "$1" = venv ]; then
    for folder; do :; done  # the last argument
    mkdir -p "$folder/bin"
    ln -s {sys.executable} "$folder/bin/python"
fi
[ "$1" = pip ] && sleep 0.1
[ ! -e "$PROJECT/no-network" ] || [ "$1" = venv ]
"""
FAKE_SHOP = "import os, sys; print('shop', os.getpid(), *sys.argv[1:])"


class Project:
    """A folder with dev.py, two locks, and a shop that says with what it was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.environment = {
            "PATH": f"{self.folder / 'tools'}:/usr/bin:/bin",
            "PROJECT": str(self.folder),
            "HOME": str(self.folder / "home"),
            "CI": "true",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.folder / "dev.py"), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=30)
        return process.returncode, output + errors

    def installed(self) -> list[str]:
        """What uv was asked for since the last look."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        self.calls.unlink(missing_ok=True)
        return calls


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    package = folder / "eterno" / "entrypoints" / "cli"
    for directory in (package, folder / "tools", folder / "home"):
        directory.mkdir(parents=True)
    shutil.copy(dev.__file__, folder / "dev.py")
    for lock in (dev.RUNTIME, dev.TEST, dev.STAND_INS):
        (folder / lock).write_text("# nothing\n")
    (package / "__main__.py").write_text(FAKE_SHOP)
    uv = folder / "tools" / "uv"
    uv.write_text(FAKE_UV)
    uv.chmod(0o755)
    return Project(folder)


def test_the_first_start_installs_by_hash_and_hands_over(project: Project) -> None:
    process = project.start("run", "--port", "8000")
    output, errors = process.communicate(timeout=30)
    assert output.endswith(f"shop {process.pid} run --port 8000\n"), errors  # the same process
    make, packages, itself = project.installed()
    assert make.startswith("venv")
    assert "--require-hashes" in packages
    assert dev.RUNTIME in packages
    assert "--no-build-isolation -e ." in itself
    assert not any((project.folder / "home").iterdir())


def test_the_bench_is_the_same_process_too(project: Project) -> None:
    """Who tells it to stop tells the one that has started everything."""
    (project.folder / "bench").mkdir()
    (project.folder / "bench" / "__main__.py").write_text(FAKE_SHOP)
    process = project.start("bench", "--only", "G1")
    output, errors = process.communicate(timeout=30)
    assert output.endswith(f"shop {process.pid} --only G1\n"), errors


def test_a_second_start_installs_nothing(project: Project) -> None:
    project.run("run")
    project.installed()
    code, output = project.run("run")
    assert (code, output.count("\n")) == (0, 1)
    assert project.installed() == []


def break_link(project: Project) -> None:
    python = project.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/no/such/python")


def change_lock(project: Project) -> None:
    (project.folder / dev.RUNTIME).write_text("# something\n")


def forget_stamp(project: Project) -> None:
    for stamp in (project.folder / ".venv").glob("installed-*"):
        stamp.unlink()


@pytest.mark.parametrize("misfortune", [break_link, change_lock, forget_stamp])
def test_a_broken_venv_is_rebuilt(project: Project, misfortune: Callable[[Project], None]) -> None:
    project.run("run")
    project.installed()
    misfortune(project)
    leftover = project.folder / ".venv" / "leftover"
    leftover.touch()
    code, output = project.run("run")
    assert code == 0, output
    assert project.installed()[0].startswith("venv")
    assert not leftover.exists()


def test_a_failed_installation_says_so_and_is_done_again(project: Project) -> None:
    (project.folder / "no-network").touch()
    code, output = project.run("run")
    assert code == 1
    assert "did not work" in output
    (project.folder / "no-network").unlink()
    project.installed()
    code, output = project.run("run")
    assert code == 0, output
    assert len(project.installed()) == 3


def test_a_moved_project_is_installed_anew(project: Project) -> None:
    project.run("run")
    moved = Project(project.folder.rename(project.folder.with_name("moved")))
    moved.installed()
    assert moved.run("run")[0] == 0
    assert moved.installed()[0].startswith("venv")


def test_two_starts_at_once_install_once(project: Project) -> None:
    both = [project.start("run") for _ in range(2)]
    for process in both:
        process.communicate(timeout=30)
        assert process.returncode == 0
    assert len(project.installed()) == 3


def test_the_test_tools_are_added_to_a_sound_venv(project: Project) -> None:
    project.run("run")
    project.installed()
    project.run("test", "--version")
    packages, _ = project.installed()
    assert dev.TEST in packages
    project.run("run")
    assert project.installed() == []


def test_the_stand_ins_have_a_venv_of_their_own_within_ours(project: Project) -> None:
    project.run("run")
    project.installed()
    prepare = "import dev; print(dev.prepare(dev.STAND_INS), dev.python(dev.STAND_INS))"
    command = [sys.executable, "-c", prepare]
    for calls in (2, 0):
        said = subprocess.run(
            command,
            cwd=project.folder,
            env=project.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.endswith(f"True {project.folder}/.venv/stand-ins/bin/python\n")
        assert len(project.installed()) == calls
    project.run("run")
    assert project.installed() == []  # ours is as it was


def test_without_arguments_it_explains_itself(project: Project) -> None:
    code, output = project.run()
    assert code == 0
    assert "python3 dev.py run" in output
    assert project.run("fly")[0] == 2


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert dev.main(["run"]) == 1
    assert "needs Python 3.11" in capsys.readouterr().err


def test_a_python_without_venv_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert not dev.has_venv()
    assert "apt install python3-venv" in capsys.readouterr().err


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `dev.py test` calls, where mypy fails."""
    called: list[str] = []

    def call(command: list[str]) -> int:
        called.append(" ".join(command[2:]))
        return 1 if command[2] == "mypy" else 0

    monkeypatch.setattr(dev, "prepare", lambda _: True)
    monkeypatch.setattr(dev, "call", call)
    return called


def test_a_failed_check_fails_the_whole_but_stops_nothing(
    checks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.test([]) == 1
    assert [name.split()[0] for name in checks] == [*["ruff", "ruff", "mypy", "pytest", "pytest"]]
    assert "--cov" in checks[-2]
    output = capsys.readouterr().out
    assert "mypy failed" in output
    assert output.rstrip().endswith("=== pytest: everything else")  # the last word is pytest's own


def test_with_arguments_only_pytest_runs(checks: list[str]) -> None:
    assert dev.test(["-k", "soap"]) == 0
    assert checks == ["pytest -k soap"]


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9-]+==\S+", (dev.ROOT / lock).read_text(), re.MULTILINE))


def test_the_locks_agree_and_name_no_place() -> None:
    assert pins(dev.RUNTIME) < pins(dev.TEST)
    for lock in (dev.RUNTIME, dev.TEST, dev.STAND_INS):
        text = (dev.ROOT / lock).read_text()
        assert len(pins(lock)) <= text.count("--hash=sha256:")
        assert not re.search(r"://|^--(index|find|extra)|@ file", text, re.MULTILINE)
