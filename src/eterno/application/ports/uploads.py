"""What is known about pictures, within one work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from eterno.domain.media import Upload


class Uploads(Protocol):
    """Wanting and discarding exclude each other: what was wanted a moment ago cannot be discarded,
    and what is discarded can no longer be wanted. So whoever wants a picture, finds it there, and
    then shows it, shows one that stays."""

    def add(self, upload: Upload) -> None:
        """Note that a picture was announced."""
        ...

    def find(self, key: str) -> Upload | None: ...

    def want(self, upload: Upload) -> Upload | None:
        """Note that somebody is about to show the picture, at `upload.wanted_at`; what is known of
        it, which is `upload` itself when nothing was. None, and nothing is noted, when it is being
        removed."""
        ...

    def vouch(self, key: str, at: datetime, *, size: int) -> None:
        """Note that the picture is there, of this size, and is what its key says."""
        ...

    def discard(self, upload: Upload, at: datetime, *, idle_since: datetime) -> bool:
        """Decide to remove the picture, whether it was known or not; deciding again is fine.

        False, and nothing is decided, when a product or variant shows it, or when it was wanted
        after `idle_since`.
        """
        ...

    def unused(self, idle_since: datetime, *, most: int) -> Sequence[Upload]:
        """Those that may be discarded by these terms or already are, the longest idle first."""
        ...

    def forget(self, key: str) -> None:
        """The discarded picture is gone; know nothing of it any more."""
        ...

    def is_shown(self, key: str) -> bool:
        """Whether any product or variant, archived ones included, has this picture."""
        ...
