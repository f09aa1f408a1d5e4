"""A postbox whose letters a test can read."""

from __future__ import annotations

from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable


class MemoryMailer:
    """Implements `Mailer`."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.silent = False
        """Test control: while True, the service does not answer."""
        self.refuses = False
        """Test control: while True, the service takes no letter, for good."""

    def send(self, letter: Letter) -> None:
        if self.silent:
            raise MailUnavailable("The mail service does not answer")
        if self.refuses:
            raise LetterRefused("the mail service will not take this letter")
        self.sent.append(letter)
