"""From a visitor to the owner."""

from __future__ import annotations

from datetime import timedelta

from eterno.application.again import again
from eterno.application.outbox.announce import announce
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.contact import Message
from eterno.domain.errors import TooMany
from eterno.domain.events import MessageReceived

MOST_OF_CLIENT = 5
CLIENT_PERIOD = timedelta(hours=1)
MOST_OF_ALL = 200
TOTAL_PERIOD = timedelta(days=1)
"""However many addresses somebody has, the owner's mailbox stays usable."""


class SendMessage:
    """Keep a visitor's message, and see to it that the owner gets a letter about it.

    The message and the task for its letter are one commit, and the mail service is not asked here:
    it may be silent for hours without the visitor noticing. A message sent twice is kept twice.
    """

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def __call__(self, *, name: str, email: str, text: str, client: str, trap: str = "") -> None:
        """`trap` is a field of the form that people do not see: whoever fills it is a program, and
        is answered like everybody else, but nothing is kept.

        Raises `Invalid` for what breaks the limits, and `TooMany` when this client, or everybody
        together, wrote too often lately.
        """
        if not trap:
            again(lambda: self._keep(name, email, text, client))

    def _keep(self, name: str, email: str, text: str, client: str) -> None:
        with self._store.begin() as work:
            message = Message.written(
                id=self._ids.new(), name=name, email=email, text=text, at=work.now
            )
            _count(work, f"contact from {client}", MOST_OF_CLIENT, CLIENT_PERIOD)
            _count(work, "contact", MOST_OF_ALL, TOTAL_PERIOD)
            work.messages.add(message)
            announce(work, self._ids, MessageReceived(message_id=message.id))


def _count(work: Work, subject: str, most: int, within: timedelta) -> None:
    if not work.throttle.take(subject, work.now, most=most, within=within):
        raise TooMany(
            "Too many messages; please try again later",
            retry_after=int(within.total_seconds()),
        )
