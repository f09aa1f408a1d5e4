"""`eterno`, but each of the worker's jobs takes for ever, save one that says "tick" all the time;
and there are four seconds to leave.

Processes that are spawned read this anew, so it holds for all of them.
"""

from __future__ import annotations

import threading

from eterno.entrypoints import leaving

leaving.DRAIN_SECONDS = DRAIN_SECONDS = 4

from eterno.entrypoints import worker  # noqa: E402  # it reads the number when it is read itself
from eterno.entrypoints.cli.output import say  # noqa: E402
from eterno.entrypoints.container import Shop  # noqa: E402

_jobs_of = worker.jobs_of


def _lazy_jobs_of(shop: Shop) -> list[worker.Job]:
    """As many as there are, and one more."""
    endless = [worker.Job(name=job.name, work=_endless, every=job.every) for job in _jobs_of(shop)]
    return [*endless, worker.Job(name="clock", work=_tick, every=0.05)]


def _endless() -> int:
    threading.Event().wait()
    return 0


def _tick() -> int:
    say("tick")
    return 0


worker.jobs_of = _lazy_jobs_of

if __name__ == "__main__":
    from eterno.entrypoints.cli.main import main

    raise SystemExit(main())
