from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.mailbox import SandboxMailer
from eterno.application.ports.mail import Letter, LetterRefused
from tests.support.clock import NOON, FixedClock

LETTER = Letter(
    id="task-1",
    to="ada@example.org",
    subject="Thank you",
    text="Dear Ada,",
    html="<p>Dear Ada,</p>",
    reply_to="owner@example.org",
)


@pytest.fixture
def mailer(database: SandboxDatabase, clock: FixedClock) -> SandboxMailer:
    return SandboxMailer(database, sender="shop@example.org", clock=clock)


def test_a_letter_can_be_read_in_the_mailbox(mailer: SandboxMailer) -> None:
    mailer.send(LETTER)

    (kept,) = mailer.letters()
    assert (kept.letter, kept.sender, kept.at) == (LETTER, "shop@example.org", NOON)
    assert mailer.letter(kept.n) == kept


def test_a_letter_sent_twice_is_there_twice(mailer: SandboxMailer) -> None:
    mailer.send(LETTER)
    mailer.send(LETTER)

    first, second = mailer.letters()
    assert first.letter.id == second.letter.id
    assert first.n != second.n


def test_the_newest_letter_lies_on_top(mailer: SandboxMailer, clock: FixedClock) -> None:
    for subject in ("first", "second", "third"):
        mailer.send(replace(LETTER, subject=subject))
        clock.advance(timedelta(minutes=1))

    assert [kept.letter.subject for kept in mailer.letters(2)] == ["third", "second"]


@pytest.mark.parametrize("n", [0, -1, 1, 2**63, 10**30])
def test_a_letter_that_is_not_there_is_none(mailer: SandboxMailer, n: int) -> None:
    assert mailer.letter(n) is None


@pytest.mark.parametrize(
    "bad",
    [
        replace(LETTER, subject="Hello\r\nBcc: everyone@example.org"),
        replace(LETTER, to="ada@example.org\n"),
        replace(LETTER, reply_to="nobody"),
        replace(LETTER, to="@example.org"),
    ],
    ids=["two lines of subject", "two lines of address", "no address", "half an address"],
)
def test_what_a_mail_service_would_refuse_is_refused(mailer: SandboxMailer, bad: Letter) -> None:
    with pytest.raises(LetterRefused):
        mailer.send(bad)

    assert mailer.letters() == []


def test_many_may_write_at_once(mailer: SandboxMailer) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: mailer.send(LETTER), range(40)))

    assert len(mailer.letters()) == 40


def test_old_letters_are_thrown_away(mailer: SandboxMailer, clock: FixedClock) -> None:
    mailer.send(LETTER)
    clock.advance(timedelta(days=2))
    mailer.send(replace(LETTER, id="task-2"))

    assert mailer.forget(older_than=timedelta(days=1)) == 1
    assert [kept.letter.id for kept in mailer.letters()] == ["task-2"]
    assert mailer.forget(older_than=timedelta(days=1)) == 0
