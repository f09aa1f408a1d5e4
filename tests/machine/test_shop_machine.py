"""Whatever happens to the shop, what must hold holds, and in the end everything is right.

How much was seen is part of the proof: a machine that reaches nothing finds nothing.
"""

from __future__ import annotations

from collections import Counter

from tests.machine import grounds
from tests.machine.running import run

SEEN_IN_MEMORY = {
    "order": 200,
    "order paid": 100,
    "order expired": 60,
    "order failed": 1,
    "order refunded": 50,
    "killed at start": 10,
    "killed at asked": 10,
    "killed at committed": 10,
    "crowd": 5,
    "heard again": 8,
    "notice lost": 10,
    "answer of a commit lost": 6,
    "Stripe: silent before": 4,
    "Stripe: silent after": 15,
    "Stripe: failing": 4,
    "Stripe: busy": 4,
    "Stripe: being answered": 4,
    "mail: silent before": 6,
    "mail: silent after": 6,
    "mail: refusing": 6,
    "refund": 50,
    "cancel": 8,
    "decide": 8,
    "dispute": 10,
    "refunded elsewhere": 8,
    "bank: refund failed": 8,
    "recovery": 40,
    "audit": 2_000,
}
"""At least so much of each, in the runs of every test run: well below what they reach."""
SEEN_IN_POSTGRES = {
    "order": 30,
    "order paid": 15,
    "order expired": 10,
    "order refunded": 7,
    "killed": 8,
    "commit collided": 1,
    "answer of a commit lost": 1,
    "Stripe: silent after": 1,
    "Stripe: failing": 1,
    "notice lost": 1,
    "waited for a lock": 3,
    "audit": 80,
    "recovery": 6,
}


def missed(happened: Counter[str], least: dict[str, int]) -> dict[str, int]:
    return {what: happened[what] for what in least if happened[what] < least[what]}


def test_in_memory() -> None:
    happened = run(grounds.in_memory, runs=40, steps=40)

    assert missed(happened, SEEN_IN_MEMORY) == {}


def test_in_postgres(database_uri: str) -> None:
    with grounds.in_postgres(database_uri) as ground:
        happened = run(ground, runs=6, steps=30)

    assert missed(happened, SEEN_IN_POSTGRES) == {}
