"""The arrows of docs/architecture.md: who may import whom.

`violations` is itself tested, with one planted violation for each rule.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "eterno"
WIRING = ("entrypoints.container", "entrypoints.outside", "entrypoints.cli")
"""Those who may take any adapter: two put them together, the third looks after databases."""
MAY_ALSO_IMPORT = {
    "adapters.sandbox": ("adapters.stripe.wire",),
    "entrypoints.backoffice.screens": ("adapters.jinja",),
    "entrypoints.folder_lock": ("adapters.postgres.file_lock",),
    "entrypoints.http.pages": ("adapters.jinja",),
    "entrypoints.http.sandbox": ("adapters.sandbox",),
    "entrypoints.http.sandbox_media": ("adapters.sandbox",),
}
"""Exceptions, each for its reason: the sandbox speaks Stripe's language; a lock on a folder is one
of the embedded database's tools; pages and letters share their phrases; the pages of the sandbox
show what only the sandbox knows."""


def violations(root: Path) -> list[str]:
    """Each import below `root`, the package `eterno`, that goes against an arrow: "a imports b"."""
    return [
        f"{module} imports {imported}"
        for path in sorted(root.rglob("*.py"))
        for module in [_name(path.relative_to(root))]
        for imported in _imports(path)
        if not _is_allowed(module, imported)
    ]


def _is_allowed(module: str, imported: str) -> bool:
    room, ours = module.split(".")[0], _ours(imported)
    if ours is None:
        pure = room in ("domain", "application")
        return not pure or imported.split(".")[0] in sys.stdlib_module_names
    if ours.startswith("adapters.") and room in ("adapters", "entrypoints"):
        extra = [
            inside
            for name, insides in MAY_ALSO_IMPORT.items()
            if _is_within(module, name)
            for inside in insides
        ]
        home = ".".join(module.split(".")[:2])
        return (
            (room == "adapters" and _is_within(ours, home))
            or any(_is_within(module, name) for name in WIRING)
            or any(_is_within(ours, inside) for inside in extra)
        )
    return ours.split(".")[0] in {
        "domain": {"domain"},
        "application": {"domain", "application"},
        "adapters": {"domain", "application"},
        "entrypoints": {"domain", "application", "entrypoints"},
    }.get(room, set())


def _ours(imported: str) -> str | None:
    """Its name within `eterno`; None for a stranger."""
    return imported.removeprefix("eterno.") if imported.startswith("eterno.") else None


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    """All of them, also those inside functions and those only for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_every_import_follows_the_arrows() -> None:
    assert violations(SOURCE) == []


def test_there_is_something_to_check() -> None:
    rooms = {path.relative_to(SOURCE).parts[0] for path in SOURCE.rglob("*.py")}

    assert {"domain", "application", "adapters", "entrypoints"} <= rooms


def plant(root: Path, module: str, statement: str) -> None:
    path = root.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True)
    path.write_text(f"def later():\n    {statement}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("domain.money", "import sqlalchemy"),
        ("domain.money", "from msgspec import Struct"),
        ("domain.money", "from eterno.application import again"),
        ("domain.money", "import eterno.adapters.system.clock"),
        ("domain.money", "from eterno.entrypoints.settings import Settings"),
        ("domain.money", "from . import orders"),
        ("application.again", "import stripe.error"),
        ("application.again", "from eterno.adapters.memory.store import MemoryStore"),
        ("application.again", "from eterno.entrypoints import settings"),
        ("adapters.s3.media", "from eterno.entrypoints.settings import Settings"),
        ("adapters.s3.media", "from eterno.adapters.memory.media import MemoryMedia"),
        ("adapters.s3.media", "from eterno.adapters import memory"),
        ("adapters.s3.media", "from eterno.adapters.stripe.wire import verify"),
        ("adapters.sandbox.payments", "from eterno.adapters.stripe.client import StripeClient"),
        ("adapters.sandbox.payments", "from eterno.adapters.postgres import store"),
        ("entrypoints.http.checkout", "from eterno.adapters.postgres.store import PostgresStore"),
        ("entrypoints.http.checkout", "from eterno.adapters.sandbox.payments import Look"),
        ("entrypoints.http.sandbox", "from eterno.adapters.stripe.wire import verify"),
        ("entrypoints.worker", "import eterno.adapters.memory.store"),
        ("entrypoints.outsider", "from eterno.adapters.memory.store import MemoryStore"),
        ("somewhere.new", "from eterno.domain.money import Money"),
    ],
)
def test_an_import_against_the_arrows_is_named(tmp_path: Path, module: str, statement: str) -> None:
    plant(tmp_path, module, statement)

    (violation,) = violations(tmp_path)

    assert violation.startswith(f"{module} imports ")


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("domain.money", "from decimal import Decimal"),
        ("domain.money", "from eterno.domain.errors import Invalid"),
        ("application.again", "import random, time"),
        ("application.again", "from eterno.application.ports.store import Store"),
        ("application.again", "from eterno.domain.money import Money"),
        ("adapters.s3.media", "import boto3"),
        ("adapters.s3.media", "from eterno.adapters.s3 import client"),
        ("adapters.s3.media", "from eterno.application.ports.media import MediaStore"),
        ("adapters.sandbox.payments", "from eterno.adapters.stripe import wire"),
        ("entrypoints.container", "from eterno.adapters.s3.media import S3Media"),
        ("entrypoints.cli.shops", "from eterno.adapters.postgres import migrate"),
        ("entrypoints.http.checkout", "from eterno.application.again import again"),
        ("entrypoints.http.sandbox", "from eterno.adapters.sandbox.payments import Look"),
    ],
)
def test_an_import_along_the_arrows_is_not(tmp_path: Path, module: str, statement: str) -> None:
    plant(tmp_path, module, statement)

    assert violations(tmp_path) == []
