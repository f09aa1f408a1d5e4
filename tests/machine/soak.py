"""The shop machine, the races and the kills, for as long as somebody wants to wait.

Run by `python3 dev.py soak`. Rounds follow each other until the time is over or something does not
hold; each has a number, by which it can be run again.
"""

from __future__ import annotations

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import count

from eterno.adapters.postgres.migrate import upgrade
from tests.machine import grounds
from tests.machine.proofs import LONGEST, Failed, prove
from tests.machine.running import run
from tests.machine.stage import Ground
from tests.support.cluster import throw_away_cluster
from tests.support.databases import VARIABLE, DatabaseServer, external_uri

ROUNDS = ("memory", "postgres", "proofs", "memory", "memory", "postgres")
SIZES = {"memory": (40, 50), "postgres": (12, 40)}
"""Runs of a round, and steps of a run."""
FAULTS = (
    "killed",
    "kill -9",
    "Stripe: ",
    "bank: ",
    "mail: ",
    "commit collided",
    "answer of a commit lost",
    "heard again",
    "notice lost",
    "dispute",
    "refunded elsewhere",
)
"""How the names of those things begin that are not the shop's doing."""
OPERATIONS = (
    *("check out", "crowd", "hear", "sweep", "deliver", "reconcile", "refund", "cancel", "decide"),
    *("ship", "deliver stock"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    happened: Counter[str] = Counter()
    began = time.monotonic()
    broken = None
    with postgres() as ground:
        try:
            if options.replay:
                kind, _, number = options.replay.partition(":")
                play(kind, int(number), ground, happened, LONGEST, shrinking=True)
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
        left = end - time.monotonic()
        if left < 0:
            return
        kind = ROUNDS[(number - seed) % len(ROUNDS)]
        tell(f"{kind}:{number}")
        play(kind, number, ground, happened, left)


def play(
    kind: str,
    number: int,
    ground: Callable[[], Ground],
    happened: Counter[str],
    left: float,
    *,
    shrinking: bool = False,
) -> None:
    """One round, with so many seconds left for it. Raises `Failed`."""
    happened[f"round of {kind}"] += 1
    if kind == "proofs":
        prove(number, left, happened)
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
    tell("answers of real processes: " + listed(happened, ("answered ", "unanswered")))
    tell("proofs that held: " + listed(happened, ("test_", "proofs cut")))
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
