"""A letter in the outbox, and mail services in every mood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from eterno.adapters.memory.store import MemoryStore
from eterno.adapters.memory.views import MemoryOutboxDesk
from eterno.adapters.sendgrid.mailer import SendGridMailer
from eterno.adapters.smtp.mailer import SmtpMailer
from eterno.application.outbox.deliver import DeliverOutbox
from eterno.application.ports.mail import Letter, Mailer
from eterno.application.ports.queues import Task
from tests.support.clock import FixedClock
from tests.support.ids import CountingIds
from tests.support.sendgrid import KEY, SendGridStub, sendgrid_stub
from tests.support.smtp import SmtpStub, smtp_stub

LETTER = Letter(
    id="00000000-0000-0000-0000-000000000001",
    to="ada@example.org",
    subject="Your soap",
    text="Dear Ada",
    html="<p>Dear Ada</p>",
)


class Office:
    """An outbox with one letter in it, and somebody who delivers."""

    def __init__(self, mailer: Mailer) -> None:
        self.clock = FixedClock()
        self._store = MemoryStore(self.clock)
        task = Task(id=CountingIds().new(), reaction="write", facts={})
        with self._store.begin() as work:
            work.outbox.add([task], work.now)
        self.deliver = DeliverOutbox(self._store, {"write": lambda _: mailer.send(LETTER)})

    def fate(self) -> tuple[str, int]:
        """How the letter stands, and how often it was tried."""
        [task] = MemoryOutboxDesk(self._store).tasks(state=None, most=10)
        return task.state, task.attempts


@pytest.fixture
def sendgrid() -> Iterator[SendGridStub]:
    with sendgrid_stub() as stub:
        yield stub


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with smtp_stub() as stub:
        yield stub


def by_sendgrid(stub: SendGridStub) -> Office:
    sender, name = "shop@eterno.example", "Eterno"
    return Office(SendGridMailer(KEY, sender=sender, name=name, host=stub.address, timeout=0.2))


def by_smtp(stub: SmtpStub) -> Office:
    return Office(
        SmtpMailer(
            "127.0.0.1",
            stub.port,
            protection="none",
            sender="shop@eterno.example",
            name="Eterno",
            clock=FixedClock(),
            timeout=0.2,
        )
    )


@pytest.mark.parametrize("trouble", [429, 500, 503, "hangs"])
def test_sendgrid_recovers_and_the_letter_goes_out(
    sendgrid: SendGridStub, trouble: int | str
) -> None:
    office = by_sendgrid(sendgrid)
    sendgrid.status, sendgrid.hangs = (None, True) if trouble == "hangs" else (int(trouble), False)
    office.deliver()
    assert office.fate() == ("due", 1)
    assert office.deliver() == 0  # not before its pause is over

    sendgrid.status, sendgrid.hangs = None, False
    office.clock.advance(timedelta(minutes=1))
    office.deliver()
    assert office.fate() == ("done", 2)
    assert [body["custom_args"]["letter_id"] for body in sendgrid.bodies] == [LETTER.id]


def test_what_sendgrid_refuses_is_dead_at_once(sendgrid: SendGridStub) -> None:
    sendgrid.status = 400
    office = by_sendgrid(sendgrid)
    office.deliver()
    assert office.fate() == ("dead", 1)


@pytest.mark.parametrize("trouble", ["451 4.7.1 come back later", "hangs"])
def test_the_mail_server_recovers_and_the_letter_goes_out(server: SmtpStub, trouble: str) -> None:
    office = by_smtp(server)
    if trouble == "hangs":
        server.hangs_at = "RCPT"
    else:
        server.replies["RCPT"] = trouble
    office.deliver()
    assert office.fate() == ("due", 1)

    server.replies.clear()
    server.hangs_at = ""
    office.clock.advance(timedelta(minutes=1))
    office.deliver()
    assert office.fate() == ("done", 2)
    assert len(server.letters) == 1


def test_what_the_mail_server_refuses_is_dead_at_once(server: SmtpStub) -> None:
    server.replies["RCPT"] = "550 5.1.1 no such mailbox"
    office = by_smtp(server)
    office.deliver()
    assert office.fate() == ("dead", 1)
