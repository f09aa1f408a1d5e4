"""The same kills, round after round with another seed: `pytest -m soak`.

ETERNO_SOAK_MINUTES says for how long (1), ETERNO_SOAK_SEED where the seeds begin (0). What failed
is done again with the seed that the failure names and ETERNO_SOAK_MINUTES=0.
"""

import json
import os
import time
from collections.abc import Callable

import pytest

from tests.support.kills import Report, a_round
from tests.support.turmoil import house

pytestmark = pytest.mark.soak

ROUND = 30.0
"""Seconds."""
AGAIN = (
    "again: ETERNO_SOAK_MINUTES=0 ETERNO_SOAK_SEED={} "
    "python3 dev.py test -m soak tests/soak/test_kills.py"
)


def test_nothing_that_was_acknowledged_is_lost_however_long(
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    until = time.monotonic() + 60 * float(os.environ.get("ETERNO_SOAK_MINUTES", "1"))
    seed = int(os.environ.get("ETERNO_SOAK_SEED", "0"))
    reports: list[Report] = []
    with house() as shop:
        while not reports or time.monotonic() < until:
            name = str(seed + len(reports))
            try:
                reports.append(a_round(shop, name, ROUND))
            except AssertionError as failure:
                raise AssertionError(f"{failure}\n{AGAIN.format(name)}") from failure
            record_property("round", json.dumps(reports[-1].counts()))
            with capsys.disabled():
                print(f"\nkills: {reports[-1]}", flush=True)  # noqa: T201  # the report
