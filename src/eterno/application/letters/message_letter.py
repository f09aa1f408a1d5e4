"""The letter that brings a visitor's message to the owner."""

from __future__ import annotations

from uuid import UUID

from eterno.application.letters.order_letters import ShopFacts
from eterno.application.ports.mail import Letter, Mailer, Stationery
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store

LETTER = "contact_message"


class MessageLetter:
    """A reaction: the owner gets what a visitor wrote, and answering goes to the visitor.

    The visitor chooses neither who gets the letter nor its subject; her words stand in its body
    only. A message that was erased meanwhile is not sent.
    """

    def __init__(
        self, store: Store, stationery: Stationery, mailer: Mailer, shop: ShopFacts
    ) -> None:
        self._store = store
        self._stationery = stationery
        self._mailer = mailer
        self._shop = shop

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        with self._store.begin() as work:
            message = work.messages.find(UUID(task.facts["message_id"]))
        if message is None:
            return
        written = self._stationery.write(LETTER, {"message": message, "shop": self._shop})
        self._mailer.send(
            Letter(
                id=str(task.id),
                to=self._shop.owner_email,
                subject=written.subject,
                text=written.text,
                html=written.html,
                reply_to=message.email,
            )
        )
