"""What runs without being asked."""

import threading
import time

import pytest

from eterno.domain.errors import Unavailable
from eterno.entrypoints.worker import Job, Worker


class Counter:
    """Counts how often it was asked, and answers what it is told to."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.enough = threading.Event()

    def __call__(self) -> int:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else 0
        if not self.answers:
            self.enough.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


def ran(*jobs: Job, until: threading.Event) -> None:
    worker = Worker(jobs)
    worker.start()
    assert until.wait(5)
    worker.stop()


def test_a_job_with_much_to_do_is_not_made_to_wait() -> None:
    busy = Counter(3, 2, 1, 0)
    began = time.monotonic()
    ran(Job(name="busy", work=busy, every=30), until=busy.enough)
    assert busy.asked == 4
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("trouble", [Unavailable("asleep"), RuntimeError("a bug")])
def test_a_job_that_fails_is_tried_again(trouble: Exception) -> None:
    shaky = Counter(trouble, 0)
    ran(Job(name="shaky", work=shaky, every=0.01), until=shaky.enough)
    assert shaky.asked >= 2


def test_a_job_that_fails_does_not_take_the_others_down() -> None:
    broken = Counter(*[RuntimeError("a bug")] * 100)
    sound = Counter(0, 0, 0)
    ran(
        Job(name="broken", work=broken, every=0.01),
        Job(name="sound", work=sound, every=0.01),
        until=sound.enough,
    )
    assert sound.asked >= 3


def test_stopping_lets_the_job_at_hand_finish() -> None:
    began, finished = threading.Event(), threading.Event()

    def slow() -> int:
        began.set()
        time.sleep(0.2)
        finished.set()
        return 0

    worker = Worker([Job(name="slow", work=slow, every=30)])
    worker.start()
    assert began.wait(5)
    worker.stop()
    assert finished.is_set()


def endless_jobs(number: int) -> tuple[list[Job], threading.Semaphore, threading.Event]:
    """Jobs that go on until the event; each gives a permit when it has begun."""
    began, over = threading.Semaphore(0), threading.Event()

    def work() -> int:
        began.release()
        over.wait(30)
        return 0

    return [Job(name=f"endless {n}", work=work, every=30) for n in range(number)], began, over


def test_all_slow_jobs_together_have_the_time_of_one() -> None:
    jobs, began, over = endless_jobs(8)
    worker = Worker(jobs, patience=0.5)
    worker.start()
    assert all(began.acquire(timeout=5) for _ in jobs)

    since = time.monotonic()
    worker.stop()

    assert 0.5 <= time.monotonic() - since < 1.5
    over.set()


def test_the_time_of_a_retired_worker_runs_while_others_finish() -> None:
    jobs, began, over = endless_jobs(2)
    worker = Worker(jobs, patience=1.0)
    worker.start()
    assert all(began.acquire(timeout=5) for _ in jobs)

    since = time.monotonic()
    worker.retire()
    time.sleep(0.8)
    worker.stop()

    assert 1.0 <= time.monotonic() - since < 1.6
    over.set()


def test_a_worker_that_never_began_can_be_stopped() -> None:
    Worker([Job(name="idle", work=Counter(), every=1)]).stop()
