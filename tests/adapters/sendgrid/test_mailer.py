"""What SendGrid is told, and what its moods mean to the shop."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from eterno.adapters.sendgrid.mailer import SendGridMailer
from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable
from tests.support.sendgrid import KEY, SendGridStub, sendgrid_stub

LETTER = Letter(
    id="00000000-0000-0000-0000-000000000001",
    to="ada@example.org",
    subject="Your soap",
    text="Dear Ada",
    html="<p>Dear Ada</p>",
)


@pytest.fixture
def sendgrid() -> Iterator[SendGridStub]:
    with sendgrid_stub() as stub:
        yield stub


def mailer_for(sendgrid: SendGridStub, key: str = KEY, timeout: float = 10.0) -> SendGridMailer:
    return SendGridMailer(
        key, sender="shop@eterno.example", name="Eterno", host=sendgrid.address, timeout=timeout
    )


def test_a_letter_says_who_writes_and_follows_nobody(sendgrid: SendGridStub) -> None:
    mailer_for(sendgrid).send(LETTER)

    [body] = sendgrid.bodies
    assert body["from"] == {"email": "shop@eterno.example", "name": "Eterno"}
    assert body["custom_args"] == {"letter_id": LETTER.id}
    assert body["categories"] == ["eterno"]
    assert body["tracking_settings"] == {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
    }
    assert "reply_to" not in body


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(sendgrid: SendGridStub, status: int) -> None:
    sendgrid.status = status

    with pytest.raises(MailUnavailable):
        mailer_for(sendgrid).send(LETTER)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_will_not_pass_is_refused(sendgrid: SendGridStub, status: int) -> None:
    sendgrid.status = status

    with pytest.raises(LetterRefused, match=str(status)):
        mailer_for(sendgrid).send(LETTER)


def test_nobody_waits_for_ever(sendgrid: SendGridStub) -> None:
    sendgrid.hangs = True

    with pytest.raises(MailUnavailable):
        mailer_for(sendgrid, timeout=0.1).send(LETTER)


def test_what_sendgrid_says_is_not_repeated(
    sendgrid: SendGridStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for sendgrid.status in (400, 503):
        with pytest.raises((LetterRefused, MailUnavailable)) as refusal:
            mailer_for(sendgrid).send(LETTER)
        assert "example.org" not in str(refusal.value)
        assert refusal.value.__suppress_context__

    assert "503" in caplog.text
    assert "example.org" not in caplog.text
    assert KEY not in caplog.text


def test_a_key_that_may_send_is_no_reason_to_complain(sendgrid: SendGridStub) -> None:
    assert mailer_for(sendgrid).complaints() == []
    assert sendgrid.bodies == []


def test_what_keeps_letters_from_going_out_is_named(sendgrid: SendGridStub) -> None:
    assert "key" in mailer_for(sendgrid, key="SG.wrong").complaints()[0]
    sendgrid.scopes = ["templates.read"]
    assert "mail.send" in mailer_for(sendgrid).complaints()[0]
    sendgrid.status = 503
    assert "503" in mailer_for(sendgrid).complaints()[0]
