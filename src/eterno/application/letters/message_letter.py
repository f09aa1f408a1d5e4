"""The letter that brings a visitor's message to the owner."""

from __future__ import annotations

from uuid import UUID

from eterno.application.letters.owner_letters import OwnerLetters
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store

LETTER = "contact_message"


class MessageLetter:
    """A reaction: the owner gets what a visitor wrote, and answering goes to the visitor.

    The visitor chooses neither who gets the letter nor its subject; her words stand in its body
    only. A message that was erased meanwhile is not sent.
    """

    def __init__(self, store: Store, letters: OwnerLetters) -> None:
        self._store = store
        self._letters = letters

    def __call__(self, task: Task) -> None:
        """Raises `MailUnavailable` or `LetterRefused`."""
        with self._store.begin() as work:
            message = work.messages.find(UUID(task.facts["message_id"]))
        if message is not None:
            self._letters.send(task, LETTER, {"message": message}, reply_to=message.email)
