"""One round of `kill -9`: the load, the victims, and what must be true afterwards."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from eterno.adapters.postgres.books import PostgresBooks
from eterno.application.outbox.deliver import ATTEMPTS
from eterno.entrypoints.container import live
from eterno.entrypoints.settings import read_settings
from tests.support import audit
from tests.support.turmoil import Diary, House, ask_sandbox, customers, until

BACK_WITHIN = 5.0
"""Seconds from the database's return to the first success, with nothing else restarted."""
STUCK = 60.0
"""Seconds in which something must have been done, as long as there is something to do."""
_TIME_PASSES = """
    UPDATE outbox SET due_at = least(due_at, now()), leased_until = NULL
    WHERE done_at IS NULL AND dead_at IS NULL AND (leased_until IS NULL OR attempts < 5)
"""


@dataclass
class Report:
    """What happened in a round."""

    seed: str
    kills: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    unanswered: int = 0
    slowest_return: float = 0.0
    """Seconds from the database's return to the first success."""

    def counts(self) -> dict[str, int]:
        """What there is to count, each by its name in the report of `dev.py soak`."""
        return {
            **{f"kill -9 of {victim}": times for victim, times in self.kills.items()},
            **{f"answered {status}": times for status, times in self.answers.items()},
            "unanswered": self.unanswered,
        }

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: killed {dict(self.kills)}, answered {dict(self.answers)}, "
            f"unanswered {self.unanswered}, back {self.slowest_return:.1f} s after the database"
        )


def a_round(house: House, seed: str, seconds: float) -> Report:
    """Kill everything at least once, at random moments, for about so long; then look at it all."""
    dice = random.Random(seed)  # noqa: S311  # guards nothing
    report, diary = Report(seed), Diary()
    began = time.monotonic()
    with customers(house, diary, seed):
        until(lambda: bool(diary.paid))
        while time.monotonic() - began < seconds or len(report.kills) < len(house.victims):
            victims = [*house.victims]
            dice.shuffle(victims)
            for victim in victims:
                time.sleep(dice.uniform(0.2, 1.5))
                house.kill(victim)
                report.kills[victim] += 1
                if victim == "postmaster":
                    since = time.monotonic()
                    until(lambda since=since: diary.last_success > since, BACK_WITHIN)  # type: ignore[misc]
                    returned = diary.last_success - since
                    report.slowest_return = max(report.slowest_return, returned)
    report.answers, report.unanswered = diary.statuses, diary.unanswered
    assert diary.wrong == []
    calm_down(house)
    look_at(house, diary)
    return report


def calm_down(house: House) -> None:
    """Pauses and leases run out, the worker does the rest, and there is nothing left to do.

    However much there is: it must only become less. What does not is named.
    """
    time.sleep(1)
    least, lately = len(left(house)), time.monotonic()
    while rest := left(house):
        if len(rest) < least:
            least, lately = len(rest), time.monotonic()
        assert time.monotonic() - lately < STUCK, (
            f"{len(rest)} things do not end: {Counter(rest)}\n{house.log.read_text()[-3000:]}"
        )
        with house.store.engine.begin() as connection:
            connection.execute(text(_TIME_PASSES))
        ask_sandbox(
            house.folder, "UPDATE event SET due_at = 0 WHERE outcome = 'queued' RETURNING 1"
        )
        time.sleep(1)


def left(house: House) -> list[str]:
    """What somebody still has to do: the tasks, and the notices nobody has heard."""
    tasks = "SELECT reaction || ' ' || attempts || ' ' || coalesce(error, '') FROM outbox"
    notices = "SELECT 'notice ' || attempts FROM event WHERE outcome = 'queued'"
    return [
        *ask_sandbox(house.folder, notices),
        *ask(house, f"{tasks} WHERE done_at IS NULL AND dead_at IS NULL"),
    ]


def look_at(house: House, diary: Diary) -> None:
    """Everything that somebody was told is so, and the books balance, alone and with the payment
    service's."""
    assert audit.broken(PostgresBooks(house.store)) == {}
    assert otherwise_at_the_provider(house) == {}

    sessions = {page.rsplit("/", 1)[-1] for page in diary.pages.values()}
    paid = {page.rsplit("/", 1)[-1] for page in diary.paid}
    known = dict(
        house_rows(house, "SELECT session_id, state FROM orders WHERE session_id IS NOT NULL")
    )
    assert sessions <= known.keys()
    assert {known[session] for session in paid} <= {"paid"}
    assert diary.deliveries <= {
        *ask(house, "SELECT key FROM stock_movements WHERE key IS NOT NULL")
    }
    assert diary.refunds <= {*ask(house, "SELECT id::text FROM refunds WHERE state = 'succeeded'")}
    assert diary.messages <= {*ask(house, "SELECT text FROM messages")}

    assert ask(house, "SELECT coalesce(max(attempts), 0) FROM outbox")[0] <= ATTEMPTS
    assert ask(house, "SELECT id FROM outbox WHERE dead_at IS NOT NULL") == []
    letters = {*ask_sandbox(house.folder, "SELECT id FROM letter")}
    sent = "SELECT id::text FROM outbox WHERE done_at IS NOT NULL AND reaction IN"
    assert letters >= {*ask(house, f"{sent} ('confirm_order', 'report_sale', 'forward_message')")}

    [given_back] = ask_sandbox(house.folder, "SELECT coalesce(sum(amount), 0) FROM refund")
    assert ask(house, "SELECT coalesce(sum(amount), 0)::bigint FROM refunds") == [given_back]
    open_pages = ask_sandbox(house.folder, "SELECT id FROM session WHERE status = 'complete'")
    assert {known.get(session) for session in open_pages} <= {"paid"}


def otherwise_at_the_provider(house: House) -> dict[str, tuple[str, ...]]:
    """What `eterno audit --remote` finds."""
    with live(read_settings({"ETERNO_DATA_DIR": str(house.folder)}), house.uri) as shop:
        verdicts = shop.compare_books()(timedelta(days=1))
    assert {"X1", "X2", "X3"} <= {verdict.id for verdict in verdicts}
    return {verdict.id: verdict.keys for verdict in verdicts if verdict.keys}


def ask(house: House, question: str) -> list[Any]:
    """The first column of the answer."""
    return [row[0] for row in house_rows(house, question)]


def house_rows(house: House, question: str) -> list[tuple[Any, ...]]:
    with house.store.look() as connection:
        return [tuple(row) for row in connection.execute(text(question))]
