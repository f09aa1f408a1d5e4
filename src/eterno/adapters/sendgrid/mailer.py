"""Letters carried by SendGrid.

What SendGrid says about a letter is never passed on: it may repeat addresses and text. Its status
is all that is told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from eterno.application.ports.mail import Letter, LetterRefused, MailUnavailable

HOST = "https://api.sendgrid.com"
CATEGORY = "eterno"
"""What the shop's letters are counted under in SendGrid's statistics."""
MAY_SEND = "mail.send"
"""The scope that a key needs."""
_WORTH_ANOTHER_TRY = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)

log = logging.getLogger(__name__)


class SendGridMailer:
    """Implements `Mailer`.

    SendGrid knows no idempotency key: a letter handed over twice is sent twice, and both carry its
    id (`custom_args`, which come back in SendGrid's events).
    """

    def __init__(
        self, key: str, *, sender: str, name: str, host: str = HOST, timeout: float = 7.0
    ) -> None:
        """`name` is how the sender signs. `timeout`, in seconds, is for each
        of connecting and answering. `host` is for stand-ins."""
        self._api = SendGridAPIClient(key, host=host).client
        self._api.timeout = timeout  # it has none of its own
        self._sender = {"email": sender, "name": name}

    def send(self, letter: Letter) -> None:
        body = self._written(letter)
        self._ask(lambda: self._api.mail.send.post(request_body=body))

    def complaints(self) -> Sequence[str]:
        """What keeps the shop from sending letters, found out without sending one."""
        try:
            answer = self._ask(self._api.scopes.get).body
        except MailUnavailable as silence:
            return [silence.detail]
        except LetterRefused:
            return ["SendGrid does not accept the key"]
        may_send = f'"{MAY_SEND}"'.encode() in answer
        return [] if may_send else [f"the key may not send letters (scope {MAY_SEND})"]

    def _written(self, letter: Letter) -> dict[str, object]:
        """The letter as SendGrid takes it, with nothing in it rewritten to follow its reader."""
        body: dict[str, object] = {
            "personalizations": [{"to": [{"email": letter.to}]}],
            "from": self._sender,
            "subject": letter.subject,
            "content": [
                {"type": "text/plain", "value": letter.text},
                {"type": "text/html", "value": letter.html},
            ],
            "categories": [CATEGORY],
            "custom_args": {"letter_id": letter.id},
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
            },
        }
        return body | ({"reply_to": {"email": letter.reply_to}} if letter.reply_to else {})

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except HTTPError as answer:
            status = int(answer.status_code)
            log.warning("SendGrid answers %s", status)
            if 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY:
                raise LetterRefused(f"SendGrid refuses this letter ({status})") from None
            raise MailUnavailable(f"SendGrid is not available ({status})") from None
        except (OSError, HTTPException) as silence:
            log.warning("SendGrid does not answer: %s", type(silence).__name__)
            raise MailUnavailable("SendGrid does not answer") from None
