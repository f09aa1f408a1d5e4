"""Pictures in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from eterno.application.ports.media import TICKET_LIFETIME, Found, UploadTicket
from eterno.application.ports.system import Clock
from eterno.domain.errors import Unavailable
from eterno.domain.media import FIRST_BYTES, LARGEST


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """What a ticket is good for."""

    key: str
    content_type: str
    size: int | None
    until: datetime


class MemoryMedia:
    """Implements `MediaStore`."""

    def __init__(self, clock: Clock) -> None:
        self.pictures: dict[str, bytes] = {}
        self.silent = False
        """Test control: while True, the service does not answer."""
        self._clock = clock
        self._tickets: dict[str, _Terms] = {}

    def url(self, key: str) -> str:
        return f"https://pictures.example/{key}"

    def put(self, key: str, data: bytes) -> None:
        self._must_answer()
        self.pictures[key] = data

    def exists(self, key: str) -> bool:
        self._must_answer()
        return key in self.pictures

    def ticket(self, key: str, content_type: str, size: int | None) -> UploadTicket:
        url = f"https://pictures.example/upload/{len(self._tickets) + 1}"
        until = self._clock.now() + TICKET_LIFETIME
        self._tickets[url] = _Terms(key=key, content_type=content_type, size=size, until=until)
        return UploadTicket(url=url, key=key)

    def look(self, key: str) -> Found | None:
        self._must_answer()
        data = self.pictures.get(key)
        return None if data is None else Found(size=len(data), first_bytes=data[:FIRST_BYTES])

    def remove(self, key: str) -> None:
        self._must_answer()
        self.pictures.pop(key, None)

    def keys(self, prefix: str, *, most: int) -> Sequence[str]:
        self._must_answer()
        return sorted(key for key in self.pictures if key.startswith(prefix))[:most]

    def receive(self, url: str, content_type: str, data: bytes) -> bool:
        """A browser brings a picture to the address of a ticket; whether it was taken."""
        terms = self._tickets.get(url)
        if (
            terms is None
            or self._clock.now() >= terms.until
            or content_type != terms.content_type
            or len(data) > LARGEST
            or terms.size not in (None, len(data))
        ):
            return False
        self.put(terms.key, data)
        return True

    def _must_answer(self) -> None:
        if self.silent:
            raise Unavailable("The picture store does not answer")
