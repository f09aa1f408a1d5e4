"""Whatever happens to the shop, what must hold holds, and in the end everything is right.

How much was seen is part of the proof: a machine that reaches nothing finds nothing.
"""

from __future__ import annotations

from collections import Counter

from tests.machine import grounds
from tests.machine.running import run

SEEN_IN_MEMORY = {
    "order": 150,
    "order paid": 40,
    "order expired": 30,
    "order refunded": 20,
    "killed": 60,
    "crowd": 20,
    "heard again": 3,
    "answer of a commit lost": 1,
    "Stripe: silent after": 10,
    "refund": 40,
    "cancel": 5,
    "dispute": 5,
    "refunded elsewhere": 5,
    "recovery": 40,
    "audit": 600,
}
"""At least so much of each, in the runs of every test run."""
SEEN_IN_POSTGRES = {"order": 20, "killed": 5, "waited for a lock": 1, "audit": 50, "recovery": 6}


def missed(happened: Counter[str], least: dict[str, int]) -> dict[str, int]:
    return {what: happened[what] for what in least if happened[what] < least[what]}


def test_in_memory() -> None:
    happened = run(grounds.in_memory, runs=40, steps=40)

    assert missed(happened, SEEN_IN_MEMORY) == {}


def test_in_postgres(database_uri: str) -> None:
    with grounds.in_postgres(database_uri) as ground:
        happened = run(ground, runs=6, steps=30)

    assert missed(happened, SEEN_IN_POSTGRES) == {}
