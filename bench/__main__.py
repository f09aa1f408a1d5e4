"""`python3 dev.py bench`: measure every goal beside its floor, print one table, stop everything."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence

from bench import (
    elsewhere,
    fresh,
    growing,
    patient,
    pgbench,
    reading,
    running,
    selling,
    watching,
)
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
    "G12": growing.orders,
    "watching": watching.layer,
    "others": elsewhere.others,
}


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    terms = Terms(rounds=options.rounds, seconds=options.seconds)
    tools = [
        "reads: wrk" if shutil.which("wrk") else "reads: bench/client.py (no wrk on the PATH)",
        "sales: bench/client.py",
        f"database floor: {pgbench.program()}",
    ]
    print("\n".join(tools), f"cores: {os.cpu_count()}, load {os.getloadavg()[0]:.1f}", sep="\n")
    rows: list[Row] = []
    for goal in options.only or GOALS:
        for row in _measured(goal, terms):
            rows.append(row)
            print(f"{row.goal} {row.what}: {row.ours}, {row.ratio or ''}", flush=True)
    path = write(rows, tools, "python3 dev.py bench " + " ".join(arguments))
    print(f"\n{table(rows)}\n\n{path}")
    return 0


def _measured(goal: str, terms: Terms) -> Iterator[Row]:
    """Its rows. What cannot be measured, on a machine that is too busy, is a goal not met."""
    try:
        with rig() as here:
            yield from GOALS[goal](here, terms)
    except RuntimeError as error:
        yield Row(goal=goal, what="could not be measured", ours=str(error), target="-", met=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=GOALS, metavar="GOAL", help="such as G1 G6 others"
    )
    parser.add_argument("--rounds", type=int, default=5, help="of floor and ours in turns (5)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one measurement (3)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
