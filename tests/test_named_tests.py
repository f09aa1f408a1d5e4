"""The documents name tests: each of them exists, and each row that demands something names one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
NAMED = re.compile(r"`(?:tests/)?(?P<file>(?:[a-z_]+/)*test_\w+\.py)(?:::(?P<name>\w+))?`")
TABLES = {
    "security.md": "## Attacks that are tried at every test run",
    "reliability.md": "## Faults that are made at every test run",
}
"""Where each row must name a test."""
OWASP = re.compile(r"\b(?:API\d+|V\d+\.\d+)\b")
ASVS = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3)
"""How many sections each chapter of ASVS 5.0 has."""


def missing(text: str) -> list[str]:
    """Tests that a document names and that are not there."""
    gone = []
    for found in NAMED.finditer(text):
        file = TESTS / found["file"]
        if not file.is_file() or (found["name"] and found["name"] not in functions(file)):
            gone.append(found[0])
    return gone


def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def rows(document: str) -> list[str]:
    """Those of the table below the heading."""
    _, _, rest = (DOCS / document).read_text(encoding="utf-8").partition(TABLES[document] + "\n")
    section = rest.partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")][2:]


def all_tables() -> list[list[str]]:
    """The rows of each table about security."""
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [block.splitlines()[2:] for block in blocks]


def is_owasps(id: str) -> bool:
    if id.startswith("API"):
        return 1 <= int(id.removeprefix("API")) <= 10
    chapter, section = map(int, id.removeprefix("V").split("."))
    return 1 <= chapter <= len(ASVS) and 1 <= section <= ASVS[chapter - 1]


@pytest.mark.parametrize("document", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    assert missing(document.read_text(encoding="utf-8")) == []


def test_a_test_that_is_gone_would_be_missed() -> None:
    assert missing("`http/test_route_table.py`, `http/test_gone.py`") == ["`http/test_gone.py`"]
    assert missing("`http/test_logs.py::a_whole_day` `http/test_logs.py::test_gone`") == [
        "`http/test_logs.py::test_gone`"
    ]


@pytest.mark.parametrize("document", TABLES)
def test_whatever_is_demanded_there_has_a_test_of_its_own(document: str) -> None:
    table = rows(document)
    assert len(table) > 10
    assert [row for row in table if not any(found["name"] for found in NAMED.finditer(row))] == []


@pytest.mark.parametrize("table", range(len(all_tables())))
def test_whatever_is_demanded_says_which_of_owasps_demands_it_answers(table: int) -> None:
    """One that is foreign to both lists is a misprint."""
    for row in all_tables()[table]:
        cited = OWASP.findall(row)
        assert cited, row
        assert [id for id in cited if not is_owasps(id)] == [], row


def test_an_id_that_does_not_exist_is_known() -> None:
    assert all(map(is_owasps, ("API1", "API10", "V1.1", "V17.3")))
    assert not any(map(is_owasps, ("API0", "API11", "V1.6", "V18.1", "V0.1", "V3.0")))
