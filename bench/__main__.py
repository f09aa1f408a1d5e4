"""`python3 dev.py bench`: measure every goal beside its floor, print one table, stop everything."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime

from bench import (
    elsewhere,
    fresh,
    growing,
    history,
    patient,
    pgbench,
    reading,
    running,
    selling,
    watching,
)
from bench.machine import how_busy, machine
from bench.report import Row, table, write
from bench.rig import Rig, rig
from bench.terms import Terms

GOALS: dict[str, Callable[[Rig, Terms], Iterator[Row]]] = {
    "G1": reading.listing,
    "G2": reading.encoded,
    "G3": reading.single,
    "G4": growing.products,
    "G5": fresh.everywhere,
    "G6": selling.spread,
    "G7": selling.hot,
    "G8": patient.provider,
    "G9": selling.payments,
    "G10": running.start,
    "G11": running.together,
    "G12": history.orders,
    "watching": watching.layer,
    "others": elsewhere.others,
}
UNKNOWN = "could not be measured"


def main(arguments: Sequence[str]) -> int:
    """0: everything was measured, whatever came of it. 1: something could not be."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    terms = Terms(rounds=options.rounds, seconds=options.seconds, orders=options.orders)
    tools = [
        "reads: wrk" if shutil.which("wrk") else "reads: bench/client.py (no wrk on the PATH)",
        "sales: bench/client.py",
        f"database floor: {pgbench.program()}",
        f"before: {how_busy()}",
    ]
    print("\n".join(tools), flush=True)
    rows: list[Row] = []
    try:
        for goal in options.only or GOALS:
            with closing(_measured(goal, terms)) as measured:
                for row in measured:
                    rows.append(row)
                    print(f"{row.goal} {row.what}: {row.ours}, {row.ratio or ''}", flush=True)
    finally:  # an hour's work is not lost with the rest of it
        tools.append(f"after: {how_busy()}")
        path = write(rows, tools, "python3 dev.py bench " + " ".join(arguments))
        print(f"\n{table(rows)}\n\n{_where_and_when()}\n{tools[-1]}\n{path}", flush=True)
    return int(any(row.what == UNKNOWN for row in rows))


def _measured(goal: str, terms: Terms) -> Generator[Row, None, None]:
    """Its rows. What cannot be measured, for whatever reason, is a goal not met."""
    try:
        with rig() as here:
            yield from GOALS[goal](here, terms)
    except Exception as error:  # noqa: BLE001  # one goal must not cost the others theirs
        traceback.print_exc()
        why = f"{type(error).__name__}: {' '.join(str(error).split())[:100]}"
        yield Row(goal=goal, what=UNKNOWN, ours=why, target="-", met=False)


def _leave(*_: object) -> None:
    """SIGTERM ends the bench through every `finally`, which stops what was started."""
    raise SystemExit(128 + signal.SIGTERM)


def _where_and_when() -> str:
    """In one line, to be quoted with the table."""
    its = machine()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {its['cores']} cores ({its['cpu']}), {its['system']},"
        f" Python {its['python']}, PostgreSQL {its['postgres']}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=GOALS, metavar="GOAL", help="such as G1 G6 others"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of floor and ours in turns (5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one measurement (3)")
    parser.add_argument(
        "--orders", type=int, default=1_000_000, help="that the shop of G12 has had (1000000)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
