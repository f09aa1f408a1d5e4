"""What the shop does without being asked: letters, overdue orders, unused pictures, the
owner's letters by the calendar, forgetting what is old, comparing its books with the payment
service's, and the sandbox's post."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from eterno.domain.errors import Unavailable
from eterno.entrypoints.container import Shop
from eterno.entrypoints.leaving import DRAIN_SECONDS, join_until

log = logging.getLogger(__name__)

RECONCILE_SINCE = timedelta(days=4)
"""How far back the hourly look at the payment service's books goes."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries while a job fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do over and over. `work` answers how much there was to do; while there is some
    it is asked again at once, else after `every` seconds."""

    name: str
    work: Callable[[], int]
    every: float


class Worker:
    """Runs each job in a thread of its own until told to stop. A job that fails is tried again,
    ever more patiently; it never takes the others down. What it is at when told to stop may take
    another `patience` seconds, all jobs together."""

    def __init__(self, jobs: Sequence[Job], *, patience: float = DRAIN_SECONDS) -> None:
        self._patience = patience
        self._deadline = float("inf")
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(job,), name=job.name, daemon=True)
            for job in jobs
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def retire(self) -> None:
        """Begin nothing more. Its patience begins to run, and nobody waits."""
        if not self._stopping.is_set():
            self._deadline = time.monotonic() + self._patience
            self._stopping.set()

    def stop(self) -> None:
        """Let what is being done finish, until its patience is at an end."""
        self.retire()
        join_until(self._deadline, [thread for thread in self._threads if thread.is_alive()])

    def _repeat(self, job: Job) -> None:
        pause = job.every
        while not self._stopping.is_set():
            try:
                busy = job.work() > 0
            except Unavailable as silence:
                log.warning("%s waits: %s", job.name, silence.detail)
                pause = min(2 * pause, LONGEST_PAUSE)
            except Exception:
                log.exception("%s failed", job.name)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = 0 if busy else job.every
            self._stopping.wait(pause)
            pause = pause or job.every


def jobs_of(shop: Shop) -> list[Job]:
    """All that has to be done for this shop."""
    jobs = [
        Job(name="outbox", work=shop.deliver_outbox(), every=0.5),
        Job(name="sweep", work=shop.release_expired(), every=20.0),
        Job(name="media sweep", work=shop.sweep_media(), every=600.0),
        Job(name="calendar", work=shop.send_digests(), every=60.0),
        Job(name="retention", work=lambda: _retain(shop), every=600.0),
        Job(name="figures", work=shop.figures().summarise, every=300.0),
        Job(name="reconcile", work=lambda: _reconcile(shop), every=3600.0),
    ]
    outside = shop.outside()
    if outside and outside.stands_in_for("payments"):
        jobs.append(Job(name="sandbox post", work=outside.sandbox.courier.tick, every=0.3))
    return jobs


def forget_what_is_old(shop: Shop) -> int:
    """One part of all that need not be known any longer; how much it was."""
    forgotten = shop.sweep_traces()().total
    outside = shop.outside()
    if outside and outside.stands_in_for("mail"):
        days = shop.settings().retain_letters
        forgotten += outside.sandbox.mailbox.forget(older_than=timedelta(days=days))
    return forgotten


def _retain(shop: Shop) -> int:
    """Never more than one part at a time, so that buyers do not notice."""
    if forgotten := forget_what_is_old(shop):
        log.info("forgot %s traces that were old enough", forgotten)
    return 0


def _reconcile(shop: Shop) -> int:
    """What was found is worth a line in the log; there is never more to do at once."""
    found = shop.reconcile()(RECONCILE_SINCE)
    if found.changes:
        log.info("reconciled: %s changes that no notice had brought", found.changes)
    return 0
