"""Which statements of a migration would keep a shop that serves waiting, or break its code."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NEW_TABLE = re.compile(r"\s*CREATE TABLE (?:IF NOT EXISTS )?(?P<table>\w+)", re.IGNORECASE)
_ON_TABLE = re.compile(
    r"\s*(?:ALTER TABLE (?:ONLY |IF EXISTS )?|CREATE (?:UNIQUE )?INDEX .*? ON |UPDATE |"
    r"DELETE FROM )(?P<table>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_VOLATILE = r"(?:random|uuid|clock_timestamp|nextval)"
RULES = {
    "builds an index without CONCURRENTLY": r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)",
    "checks every row (NOT VALID first, VALIDATE later)": (
        r"ADD CONSTRAINT \w+ (?!.*NOT VALID)(CHECK|FOREIGN KEY)"
    ),
    "builds an index by a constraint (USING INDEX instead)": (
        r"ADD CONSTRAINT \w+ (?!.*USING INDEX)(UNIQUE|PRIMARY KEY|EXCLUDE)"
    ),
    "rewrites the table": rf"ALTER COLUMN \w+ TYPE|ADD COLUMN .*({_VOLATILE}|STORED|GENERATED)",
    "fails on rows that are there": r"ADD COLUMN (?!.*DEFAULT).*NOT NULL",
    "checks every row under a lock": r"ALTER COLUMN \w+ SET NOT NULL",
    "takes away what the code before it needs": (
        r"DROP (COLUMN|TABLE)|RENAME|ALTER COLUMN .*DROP DEFAULT"
    ),
    "touches every row in the transaction of a lock": (
        r"^\s*(UPDATE|DELETE FROM) |^\s*INSERT .*SELECT"
    ),
}
_RULES = {name: re.compile(pattern, re.IGNORECASE | re.DOTALL) for name, pattern in RULES.items()}


def complaints(statements: Sequence[str]) -> list[str]:
    """What is wrong with them, for a shop that serves meanwhile; nothing for tables they make."""
    made = {found["table"] for text in statements if (found := _NEW_TABLE.match(text))}
    wrong = []
    for text in statements:
        if _NEW_TABLE.match(text) or "alembic_version" in text:
            continue
        target = _ON_TABLE.match(text)
        if target and target["table"] in made:
            continue
        wrong += [f"{rule}: {text[:80]}" for rule, found in _RULES.items() if found.search(text)]
    return wrong
