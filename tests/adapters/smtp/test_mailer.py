"""What a mail server is told, and what its moods mean to the shop."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from eterno.adapters.smtp.mailer import Protection, SmtpMailer
from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable
from tests.support.clock import FixedClock
from tests.support.smtp import PASSWORD, USER, SmtpStub, smtp_stub

LETTER = Letter(
    id="00000000-0000-0000-0000-000000000001",
    to="ada@example.org",
    subject="Your soap",
    text="Dear Ada",
    html="<p>Dear Ada</p>",
)


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with smtp_stub() as stub:
        yield stub


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """Of a server on this machine, and trusted on it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stub")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = made.public_bytes(serialization.Encoding.PEM)
    unlocked = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file.write_bytes(pem + key.private_bytes(serialization.Encoding.PEM, form, unlocked))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def mailer_for(
    server: SmtpStub,
    protection: Protection = "none",
    *,
    user: str = "",
    password: str = "",
    timeout: float = 10.0,
) -> SmtpMailer:
    return SmtpMailer(
        "127.0.0.1",
        server.port,
        protection=protection,
        user=user,
        password=password,
        sender="shop@eterno.example",
        name="Eterno, the Søap Shop",
        clock=FixedClock(),
        timeout=timeout,
    )


def test_a_letter_is_a_message_with_two_faces(server: SmtpStub) -> None:
    mailer_for(server).send(replace(LETTER, reply_to="rosa@eterno.example"))

    [delivered] = server.letters
    message = delivered.message
    assert (delivered.sender, delivered.to) == ("shop@eterno.example", ["ada@example.org"])
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["From"].addresses[0].display_name == "Eterno, the Søap Shop"
    assert message["From"].addresses[0].addr_spec == "shop@eterno.example"
    assert message["Reply-To"] == "rosa@eterno.example"
    assert message["Message-ID"] == f"<{LETTER.id}@eterno.example>"
    assert message["Date"].datetime == FixedClock().now()
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_is_not_plain_english_travels_in_7_bits(server: SmtpStub) -> None:
    mailer_for(server).send(replace(LETTER, subject="Grüße", text="Grüße " * 500 + "\n.\nEnde"))

    [delivered] = server.letters
    assert delivered.raw.isascii()
    assert max(len(line) for line in delivered.raw.split(b"\r\n")) < 998
    text = delivered.message.get_body(("plain",))
    assert text is not None
    assert text.get_content().splitlines()[1:] == [".", "Ende"]


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "content"])
def test_a_letter_that_will_not_be_taken_is_refused(server: SmtpStub, at: str) -> None:
    server.replies[at] = "554 5.7.1 ada@example.org is not welcome"

    with pytest.raises(LetterRefused, match="554"):
        mailer_for(server).send(LETTER)
    assert server.letters == []


@pytest.mark.parametrize("at", ["greeting", "MAIL", "RCPT", "DATA", "content"])
def test_a_server_that_is_busy_is_asked_again(server: SmtpStub, at: str) -> None:
    server.replies[at] = "451 4.3.0 later, ada@example.org"

    with pytest.raises(MailUnavailable):
        mailer_for(server).send(LETTER)
    assert server.letters == []


@pytest.mark.parametrize("at", ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "content"])
def test_nobody_waits_for_ever(server: SmtpStub, at: str) -> None:
    server.hangs_at = at

    with pytest.raises(MailUnavailable):
        mailer_for(server, timeout=0.2).send(LETTER)


@pytest.mark.parametrize("at", ["replies", "hangs"])
def test_a_letter_that_was_taken_is_taken_whatever_comes_after(server: SmtpStub, at: str) -> None:
    if at == "replies":
        server.replies["QUIT"] = "421 4.3.0 what a day"
    else:
        server.hangs_at = "QUIT"

    mailer_for(server, timeout=0.3).send(LETTER)

    assert len(server.letters) == 1


def test_what_the_server_says_is_not_repeated(
    server: SmtpStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for code in (450, 550):
        server.replies["RCPT"] = f"{code} 5.1.1 ada@example.org is unknown here"
        with pytest.raises((LetterRefused, MailUnavailable)) as refusal:
            mailer_for(server).send(LETTER)
        assert "example.org" not in str(refusal.value)
        assert refusal.value.__suppress_context__

    assert "550" in caplog.text
    assert "example.org" not in caplog.text


# Privacy


def test_a_private_talk_begins_before_anything_is_said(certificate: ssl.SSLContext) -> None:
    with smtp_stub(certificate) as server:
        server.asks_who = True
        mailer_for(server, "starttls", user=USER, password=PASSWORD).send(LETTER)

        assert [delivered.was_private for delivered in server.letters] == [True]


def test_a_talk_may_be_private_from_the_first_byte(certificate: ssl.SSLContext) -> None:
    with smtp_stub(certificate, private_from_start=True) as server:
        server.asks_who = True
        mailer_for(server, "tls", user=USER, password=PASSWORD).send(LETTER)

        assert [delivered.was_private for delivered in server.letters] == [True]


def test_a_server_without_privacy_is_told_nothing(server: SmtpStub) -> None:
    mailer = mailer_for(server, "starttls", user=USER, password=PASSWORD)

    with pytest.raises(MailUnavailable, match="STARTTLS"):
        mailer.send(LETTER)
    assert server.letters == []


def test_a_server_that_is_not_who_it_should_be_is_told_nothing(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    protections: tuple[Protection, ...] = ("starttls", "tls")
    for protection in protections:
        with smtp_stub(certificate, private_from_start=protection == "tls") as server:
            with pytest.raises(MailUnavailable):
                mailer_for(server, protection).send(LETTER)
            assert server.letters == []


# What a letter may not do


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "Soap\r\nBcc: all@example.org"},
        {"subject": "Soap\nBcc: all@example.org"},
        {"subject": "Soap\x00"},
        {"subject": "Soap \ud800"},
        {"to": "ada@example.org\r\nRCPT TO:<all@example.org>"},
        {"to": "ada@example.org>\nDATA"},
        {"to": "ada"},
        {"to": "ada@"},
        {"to": "@example.org"},
        {"to": "ada@b@example.org"},
        {"to": "åda@example.org"},
        {"reply_to": "eve@example.org\nBcc: all@example.org"},
        {"reply_to": "eve"},
        {"id": "1>\r\nBcc: all@example.org"},
        {"text": "\ud800"},
        {"html": "\ud800"},
    ],
)
def test_a_letter_that_cannot_be_written_is_refused(
    server: SmtpStub, wrong: dict[str, str]
) -> None:
    with pytest.raises(LetterRefused):
        mailer_for(server).send(replace(LETTER, **wrong))
    assert server.letters == []


@given(text=st.text(), where=st.sampled_from(["subject", "to", "reply_to", "id", "text", "html"]))
def test_whatever_is_written_a_message_says_only_what_it_should(text: str, where: str) -> None:
    mailer = SmtpMailer(
        "127.0.0.1",
        1,
        protection="none",
        sender="shop@eterno.example",
        name="Eterno",
        clock=FixedClock(),
    )
    letter = replace(LETTER, **{where: text})

    try:
        message = mailer._written(letter)
    except LetterRefused:
        return
    known = {"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
    head = message.partition(b"\r\n\r\n")[0]
    names = {line.partition(b":")[0].decode() for line in head.splitlines() if line[:1] != b" "}
    assert names <= known | {"MIME-Version", "Content-Type"}


# Trying it out


def test_a_server_that_lets_us_in_is_no_reason_to_complain(server: SmtpStub) -> None:
    server.asks_who = True

    assert mailer_for(server, user=USER, password=PASSWORD).complaints() == []
    assert server.letters == []


def test_what_keeps_letters_from_going_out_is_named(server: SmtpStub) -> None:
    server.asks_who = True
    assert "password" in mailer_for(server, user=USER, password="wrong").complaints()[0]
    assert "STARTTLS" in mailer_for(server, "starttls").complaints()[0]
    server.hangs_at = "NOOP"
    assert "answer" in mailer_for(server, timeout=0.2).complaints()[0]
    server.hangs_at = "greeting"
    assert "answer" in mailer_for(server, timeout=0.2).complaints()[0]
