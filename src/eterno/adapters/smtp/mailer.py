"""Letters handed to a mail server, by the standard library.

What the server says about a letter is never passed on: it may repeat addresses and text. Its code
is all that is told.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from time import monotonic
from typing import Any, Literal

from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable
from eterno.application.ports.system import Clock

_POLICY = SMTP.clone(cte_type="7bit")  # old relays between here and there break 8 bits

log = logging.getLogger(__name__)


Protection = Literal["tls", "starttls", "none"]
"""How the way to the server is protected: from the first byte, or before anything is said (a server
that offers no STARTTLS is not spoken to), or not at all, for a server on this machine."""


class SmtpMailer:
    """Implements `Mailer`.

    A letter handed over twice is sent twice, with the same `Message-ID`: it is the letter's id.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        protection: Protection,
        user: str = "",
        password: str = "",
        sender: str,
        name: str,
        clock: Clock,
        timeout: float = 12.0,
    ) -> None:
        """`name` is how the sender signs. `timeout`, in seconds, is for everything that has to be
        said until a letter is taken."""
        self._host, self._port = host, port
        self._protection = protection
        self._user, self._password = user, password
        self._sender, self._name = sender, name
        self._clock = clock
        self._timeout = timeout

    def send(self, letter: Letter) -> None:
        message = self._written(letter)
        with self._connected() as server:
            try:
                server.sendmail(self._sender, [letter.to], message)
            except smtplib.SMTPRecipientsRefused as answer:
                raise _refusal(*(code for code, _ in answer.recipients.values())) from None
            except smtplib.SMTPResponseException as answer:
                raise _refusal(answer.smtp_code) from None
            except OSError as silence:
                raise _silence(silence) from None

    def complaints(self) -> Sequence[str]:
        """What keeps the shop from sending letters, found out without sending one."""
        try:
            with self._connected() as server:
                server.noop()
        except MailUnavailable as silence:
            return [silence.detail]
        except OSError as silence:
            return [_silence(silence).detail]
        return []

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Signed in. Whatever goes wrong here has nothing to do with a letter.

        Raises `MailUnavailable`.
        """
        server = None
        try:
            try:
                server = self._greeted()
                self._enter(server)
            except smtplib.SMTPAuthenticationError:
                raise MailUnavailable("The mail server does not accept user and password") from None
            except smtplib.SMTPNotSupportedError:
                raise MailUnavailable(
                    "The mail server offers no STARTTLS, or no way to sign in that we know"
                ) from None
            except OSError as silence:
                raise _silence(silence) from None
            yield server
        finally:
            if server is not None:
                with suppress(OSError):  # a letter that was taken is taken, whatever comes after
                    server.quit()
                server.close()

    def _greeted(self) -> smtplib.SMTP:
        domain = self._sender.rpartition("@")[2]  # what we call ourselves; nobody is asked for it
        if self._protection == "tls":
            return _PunctualOverTls(
                self._host,
                self._port,
                local_hostname=domain,
                timeout=self._timeout,
                context=ssl.create_default_context(),
            )
        return _Punctual(self._host, self._port, local_hostname=domain, timeout=self._timeout)

    def _enter(self, server: smtplib.SMTP) -> None:
        if self._protection == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self._user:
            server.login(self._user, self._password)

    def _written(self, letter: Letter) -> bytes:
        """The letter as mail servers take it. Raises `LetterRefused`."""
        for header in (letter.id, letter.to, letter.subject, letter.reply_to or ""):
            if any(unicodedata.category(character) in ("Cc", "Cs") for character in header):
                raise LetterRefused("A header of this letter contains a control character")
        message = EmailMessage(policy=_POLICY)
        try:
            message["From"] = _address(self._sender, self._name)
            message["To"] = _address(letter.to)
            if letter.reply_to:
                message["Reply-To"] = _address(letter.reply_to)
            message["Subject"] = letter.subject
            message["Date"] = format_datetime(self._clock.now())
            message["Message-ID"] = f"<{letter.id}@{self._sender.rpartition('@')[2]}>"
            message["Auto-Submitted"] = "auto-generated"  # nobody's holiday note answers it
            message.set_content(letter.text)
            message.add_alternative(letter.html, subtype="html")
            return bytes(message)
        except (ValueError, IndexError, MessageError):  # the second: a bug of the parser's
            raise LetterRefused("This letter cannot be written as a message") from None


class _Punctual(smtplib.SMTP):
    """A conversation that is over in time as a whole, not only each of its answers."""

    _until = 0.0

    def connect(self, *place: Any, **more: Any) -> tuple[int, bytes]:
        self._until = monotonic() + self.timeout
        return super().connect(*place, **more)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(self._until - monotonic(), 0.001))
        return super().getreply()


class _PunctualOverTls(_Punctual, smtplib.SMTP_SSL):
    """The same, private from the first byte."""


def _address(address: str, name: str = "") -> Address:
    """Raises `LetterRefused` for an address that is none, or not in plain letters: few servers know
    others."""
    local, at, domain = address.rpartition("@")
    if not (at and local and domain and address.isascii()) or "@" in local:
        raise LetterRefused("An address of this letter cannot be used")
    return Address(name, local, domain)


def _refusal(*codes: int) -> LetterRefused | MailUnavailable:
    """What a server means that answers this instead of taking the letter."""
    code = max(codes)
    log.warning("the mail server answers %s", code)
    if code >= 500:
        return LetterRefused(f"The mail server refuses this letter ({code})")
    return MailUnavailable(f"The mail server is not available ({code})")


def _silence(error: OSError) -> MailUnavailable:
    log.warning("the mail server does not answer: %s", type(error).__name__)
    return MailUnavailable("The mail server does not answer")
