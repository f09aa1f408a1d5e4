"""The machine on which something was measured, and how busy it was."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from bench import pgbench


def machine() -> dict[str, str | int]:
    """As somebody who quotes the table has to tell it."""
    return {
        "cores": os.cpu_count() or 0,
        "cpu": _cpu(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "postgres": _postgres(),
    }


def how_busy() -> str:
    """In this very second, and in the minute before."""
    used, (load, *_) = psutil.cpu_percent(1.0), psutil.getloadavg()
    return f"{used:.0f} % of {os.cpu_count()} cores in use, load {load:.1f}"


def _cpu() -> str:
    """Its model, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _postgres() -> str:
    """The version of the bench's own database, of which pgbench is a part."""
    said = subprocess.run(
        [pgbench.program(), "--version"], check=True, capture_output=True, text=True
    )
    return said.stdout.strip().partition("(PostgreSQL) ")[2]
