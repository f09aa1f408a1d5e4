from __future__ import annotations

from dataclasses import replace

import pytest

from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable
from tests.contracts.mailboxes import Mailbox

LETTER = Letter(
    id="00000000-0000-0000-0000-000000000001",
    to="ada@example.org",
    subject="Your soap is on its way \N{BAR OF SOAP}",
    text="Dear Ada,\n\nit smells of lavender.",
    html="<p>Dear Ada,</p><p>it smells of lavender.</p>",
    reply_to="owner@eterno.example",
)


def test_a_letter_arrives_as_it_was_handed_over(mailbox: Mailbox) -> None:
    mailbox.mailer.send(LETTER)

    assert list(mailbox.letters()) == [LETTER]


def test_a_letter_need_not_say_where_to_answer(mailbox: Mailbox) -> None:
    mailbox.mailer.send(replace(LETTER, reply_to=None))

    assert [letter.reply_to for letter in mailbox.letters()] == [None]


def test_the_same_letter_may_be_handed_over_twice(mailbox: Mailbox) -> None:
    mailbox.mailer.send(LETTER)
    mailbox.mailer.send(LETTER)

    assert {letter.id for letter in mailbox.letters()} == {LETTER.id}


def test_a_silent_service_has_taken_nothing(mailbox: Mailbox) -> None:
    mailbox.fall_silent()

    with pytest.raises(MailUnavailable):
        mailbox.mailer.send(LETTER)

    assert list(mailbox.letters()) == []


def test_a_letter_that_is_refused_for_good_has_not_been_taken(mailbox: Mailbox) -> None:
    mailbox.refuse()

    with pytest.raises(LetterRefused):
        mailbox.mailer.send(replace(LETTER, to="nobody"))

    assert list(mailbox.letters()) == []
