"""Pictures."""

from __future__ import annotations

from typing import Protocol


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
