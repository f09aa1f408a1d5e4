"""Pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

TICKET_LIFETIME = timedelta(minutes=15)
"""How long a browser may take until it begins to bring the picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadTicket:
    """Leave for one browser to bring one picture."""

    url: str
    """Absolute. Whoever knows it may PUT the picture there, without any other proof."""
    key: str
    """Under which it will be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a picture is, at first sight."""

    size: int
    """In bytes."""
    first_bytes: bytes
    """Its first `domain.media.FIRST_BYTES`, or all of it if it is shorter."""


class MediaStore(Protocol):
    def url(self, key: str) -> str:
        """The absolute address at which a browser finds the picture, without credentials. Stable:
        the same key gives the same address. Asks nobody, and so never fails."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Store the picture under `key`, replacing what was there. Its type is that of the key's
        extension. Raises `Unavailable`."""
        ...

    def exists(self, key: str) -> bool:
        """Whether something is stored under `key`. Raises `Unavailable`."""
        ...

    def ticket(self, key: str, content_type: str, size: int | None) -> UploadTicket:
        """Leave to store one picture under `key`, for `TICKET_LIFETIME`: of this type, of exactly
        `size` bytes if that is known. A store that can refuses more than `domain.media.LARGEST`
        of an unknown size as well; what another took is seen by `look`. A ticket may be used again
        within its time, to bring the picture once more. Asks nobody, and so never fails."""
        ...

    def look(self, key: str) -> Found | None:
        """What is stored under `key`; None when nothing is. Raises `Unavailable`."""
        ...

    def remove(self, key: str) -> None:
        """See to it that nothing is stored under `key`. Removing what is not there is fine.

        Raises `Unavailable`.
        """
        ...

    def keys(self, prefix: str, *, most: int) -> Sequence[str]:
        """The first `most` keys that begin with `prefix`, in the order of their characters.

        Raises `Unavailable`.
        """
        ...
