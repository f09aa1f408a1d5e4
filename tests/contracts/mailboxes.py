"""Where the letters end up, for each adapter."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import MIMEPart
from pathlib import Path
from typing import Protocol

from eterno.adapters.memory.mail import MemoryMailer
from eterno.adapters.sandbox.database import SandboxDatabase
from eterno.adapters.sandbox.mailbox import SandboxMailer
from eterno.adapters.sendgrid.mailer import SendGridMailer
from eterno.adapters.smtp.mailer import SmtpMailer
from eterno.application.ports.mail import Letter, Mailer
from tests.support.clock import FixedClock
from tests.support.sendgrid import KEY, SendGridStub
from tests.support.smtp import Delivered, SmtpStub

NOWHERE = "http://127.0.0.1:1"
"""Where nobody listens."""
SENDER = "shop@eterno.example"


class Mailbox(Protocol):
    @property
    def mailer(self) -> Mailer: ...

    def letters(self) -> Sequence[Letter]:
        """Those that arrived, in no order."""
        ...

    def fall_silent(self) -> None: ...

    def refuse(self) -> None:
        """From now on letters to "nobody" are refused."""
        ...


class MemoryMailbox:
    def __init__(self) -> None:
        self.mailer = MemoryMailer()

    def letters(self) -> Sequence[Letter]:
        return self.mailer.sent

    def fall_silent(self) -> None:
        self.mailer.silent = True

    def refuse(self) -> None:
        self.mailer.refuses = True


class SandboxMailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sandbox = self._over(SandboxDatabase(folder / "sandbox.sqlite3"))
        self.mailer: Mailer = self._sandbox

    def letters(self) -> Sequence[Letter]:
        return [kept.letter for kept in self._sandbox.letters()]

    def fall_silent(self) -> None:
        self.mailer = self._over(SandboxDatabase(self._folder))  # a folder is no database

    def refuse(self) -> None:
        """It always does."""

    def _over(self, database: SandboxDatabase) -> SandboxMailer:
        return SandboxMailer(database, sender=SENDER, clock=FixedClock())


class SendGridMailbox:
    def __init__(self, stub: SendGridStub) -> None:
        self._stub = stub
        self.mailer: Mailer = self._at(stub.address)

    def letters(self) -> Sequence[Letter]:
        return [
            Letter(
                id=body["custom_args"]["letter_id"],
                to=body["personalizations"][0]["to"][0]["email"],
                subject=body["subject"],
                text=body["content"][0]["value"],
                html=body["content"][1]["value"],
                reply_to=body.get("reply_to", {}).get("email"),
            )
            for body in self._stub.bodies
        ]

    def fall_silent(self) -> None:
        self.mailer = self._at(NOWHERE)

    def refuse(self) -> None:
        """It always does."""

    def _at(self, host: str) -> SendGridMailer:
        return SendGridMailer(KEY, sender=SENDER, name="Eterno", host=host)


class SmtpMailbox:
    def __init__(self, stub: SmtpStub) -> None:
        self._stub = stub
        self.mailer: Mailer = self._at(stub.port)

    def letters(self) -> Sequence[Letter]:
        return [_letter(delivered) for delivered in self._stub.letters]

    def fall_silent(self) -> None:
        self.mailer = self._at(1)

    def refuse(self) -> None:
        """It always does."""

    def _at(self, port: int) -> SmtpMailer:
        return SmtpMailer(
            "127.0.0.1",
            port,
            protection="none",
            sender=SENDER,
            name="Eterno",
            clock=FixedClock(),
        )


def _letter(delivered: Delivered) -> Letter:
    """What is left of a letter after a mail program has read it."""
    message = delivered.message
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return Letter(
        id=message["Message-ID"].strip("<>").partition("@")[0],
        to=message["To"],
        subject=message["Subject"],
        text=_lines(text),
        html=_lines(html),
        reply_to=message["Reply-To"],
    )


def _lines(part: MIMEPart) -> str:
    """In a mail every line ends, also the last, and with two characters."""
    content: str = part.get_content()
    return content.replace("\r\n", "\n").removesuffix("\n")
