"""The shop machine, the races and the kills, for as long as somebody wants to wait.

Run by `python3 dev.py soak`. Rounds follow each other until the time is over or something does not
hold; each has a number, by which it can be run again.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path

from eterno.adapters.postgres.migrate import upgrade
from tests.machine import grounds
from tests.machine.running import run
from tests.machine.stage import Ground
from tests.support.cluster import throw_away_cluster
from tests.support.databases import VARIABLE, DatabaseServer, external_uri

ROOT = Path(__file__).resolve().parents[2]
PROOFS = ("-m", "soak or not soak", "-k", "races or kills or soak", "tests")
"""What pytest runs for a round of races and kills, and everything marked as too long for every
test run."""
ROUNDS = ("memory", "memory", "postgres", "memory", "memory", "proofs")
SIZES = {"memory": (40, 50), "postgres": (12, 40)}
"""Runs of a round, and steps of a run."""
LONGEST_PROOFS = 1_200.0
"""Seconds for one round of pytest."""
FAULTS = (
    "killed",
    "Stripe: ",
    "mail: ",
    "commit collided",
    "answer of a commit lost",
    "heard again",
)
"""How the names of those things begin that are not the shop's doing."""
OPERATIONS = (
    *("check out", "hear", "sweep", "deliver", "reconcile", "refund", "cancel", "decide"),
    *("ship", "deliver stock"),
)


class Failed(Exception):
    """Something did not hold."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    logging.disable(logging.CRITICAL)  # the machine provokes every warning there is
    happened: Counter[str] = Counter()
    began = time.monotonic()
    broken = None
    with postgres() as ground:
        try:
            if options.replay:
                kind, _, number = options.replay.partition(":")
                play(kind, int(number), ground, happened, shrinking=True)
            else:
                soak(options.minutes * 60, options.seed, ground, happened)
        except Failed as failure:
            broken = str(failure)
    report(happened, time.monotonic() - began, broken)
    return 1 if broken else 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    words.add_argument("--minutes", type=float, default=20, help="for how long (default: 20)")
    words.add_argument(
        "--seed", type=int, default=int(time.time()), help="the first round's number"
    )
    words.add_argument("--replay", metavar="ROUND", help="one round again, as a report named it")
    return words


def soak(seconds: float, seed: int, ground: Callable[[], Ground], happened: Counter[str]) -> None:
    """Raises `Failed`."""
    end = time.monotonic() + seconds
    for number in count(seed):
        if time.monotonic() > end:
            return
        kind = ROUNDS[(number - seed) % len(ROUNDS)]
        tell(f"{kind}:{number}")
        play(kind, number, ground, happened)


def play(
    kind: str,
    number: int,
    ground: Callable[[], Ground],
    happened: Counter[str],
    *,
    shrinking: bool = False,
) -> None:
    """One round. Raises `Failed`."""
    happened[f"round of {kind}"] += 1
    if kind == "proofs":
        prove(number)
        return
    runs, steps = SIZES[kind]
    try:
        run(
            grounds.in_memory if kind == "memory" else ground,
            runs=runs,
            steps=steps,
            number=number,
            happened=happened,
            shrinking=shrinking,
        )
    except Exception as violation:
        raise Failed(told(violation, f"{kind}:{number}")) from violation


def prove(number: int) -> None:
    """Races and kills, with real processes."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PROOFS]
    try:
        subprocess.run(command, cwd=ROOT, check=True, timeout=LONGEST_PROOFS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        raise Failed(
            f"{failure}\nto see it again: python3 dev.py soak --replay proofs:{number}"
        ) from failure


def told(violation: BaseException, name: str) -> str:
    """What did not hold, after which moves, and how to see it again."""
    parts = getattr(violation, "exceptions", (violation,))
    said = []
    for part in parts:
        moves = "\n".join(getattr(part, "__notes__", ()))
        kept = [line for line in moves.splitlines() if "what_must_hold_holds" not in line]
        said += [f"{type(part).__name__}: {part}", *kept]
    return "\n".join([*said, f"to see it again: python3 dev.py soak --replay {name}"])


def report(happened: Counter[str], seconds: float, broken: str | None) -> None:
    rounds = {kind: happened[f"round of {kind}"] for kind in dict.fromkeys(ROUNDS)}
    tell()
    tell(
        f"{seconds / 60:.1f} minutes: " + ", ".join(f"{n} of {kind}" for kind, n in rounds.items())
    )
    tell("operations: " + listed(happened, OPERATIONS, whole=True))
    tell("orders: " + listed(happened, ("order",)))
    tell("faults: " + listed(happened, FAULTS))
    tell(f"looks at the books: {happened['audit']}, recoveries: {happened['recovery']}")
    tell("violations: " + (f"1\n{broken}" if broken else "0"))


def listed(happened: Counter[str], begins: tuple[str, ...], *, whole: bool = False) -> str:
    fits = (lambda what: what in begins) if whole else (lambda what: what.startswith(begins))
    return ", ".join(f"{what} {n}" for what, n in sorted(happened.items()) if n and fits(what))


@contextmanager
def postgres() -> Iterator[Callable[[], Ground]]:
    with ExitStack() as house:
        given = os.environ.get(VARIABLE)
        uri = external_uri(given) if given else house.enter_context(throw_away_cluster()).uri
        server = house.enter_context(closing(DatabaseServer(uri)))
        shop = house.enter_context(server.database())
        upgrade(shop)
        yield house.enter_context(grounds.in_postgres(shop))


def tell(line: str = "") -> None:
    print(line, flush=True)  # noqa: T201  # it talks to a person in a terminal


if __name__ == "__main__":
    raise SystemExit(main())
