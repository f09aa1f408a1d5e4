"""What a shop would otherwise run: the same listing of the same tables, as usually written."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.reading import BROWSER, rate
from bench.report import Row, beside
from bench.rig import ROOT, Rig, free_port
from bench.terms import Terms

FOLDER = Path(__file__).parent / "others"
VENV = ROOT / ".venv" / "bench-others"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")

COMMANDS = {
    "FastAPI, SQLAlchemy ORM, uvicorn": (
        *(str(BIN / "uvicorn"), "fastapi_shop:app", "--no-access-log", "--log-level", "warning"),
        *("--port", "{port}"),
    ),
    "Django REST framework, gunicorn, 8 threads": (
        *(str(BIN / "gunicorn"), "django_shop:application", "--threads", "8"),
        *("--log-level", "warning", "--bind", "127.0.0.1:{port}"),
    ),
}


def others(rig: Rig, terms: Terms) -> Iterator[Row]:
    """Their listing and ours, in turns, one process each. There is no goal: it is for scale."""
    install()
    shop = rig.shop()
    for what, command in COMMANDS.items():
        port = free_port()
        words = [word.format(port=port) for word in command]
        environment = {**os.environ, "SHOP_DATABASE": rig.uri}
        with rig.process(words, port, "/products", environment, folder=FOLDER) as other:
            theirs, ours = [], []
            for _ in range(terms.rounds):
                theirs.append(rate(other, "/products", BROWSER, terms))
                ours.append(rate(shop, "/products", BROWSER, terms))
        yield beside(f"listing, beside {what}", theirs, ours)


def install() -> None:
    """Into a virtual environment of their own, once."""
    if (BIN / "gunicorn").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(FOLDER / "requirements.txt")], check=True)
