"""`kill -9` of web processes, of workers and of the postmaster while customers are at it. There are
two of each but the last.

`pytest -m soak` goes on with this for as long as one likes (`tests/soak`).
"""

import sys

import pytest

from tests.support.kills import a_round
from tests.support.turmoil import house

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the embedded database's promises")


def test_nothing_that_was_acknowledged_is_lost_whoever_is_killed() -> None:
    """Rows: database killed; several web processes and workers; killed at any point of a sale."""
    with house() as shop:
        report = a_round(shop, "a seed like any other", seconds=6)

    assert {*report.kills} == {"web", "hand", "worker", "postmaster"}
    assert report.answers[200] > 20
