"""Removing pictures that nothing shows."""

from __future__ import annotations

from datetime import timedelta

from eterno.application.again import again
from eterno.application.ports.media import MediaStore
from eterno.application.ports.queues import Task
from eterno.application.ports.store import Store
from eterno.domain.media import Upload

ATTACHING = timedelta(minutes=5)
"""Longer than anybody takes from making sure of a picture to saving what shows it."""
UNUSED = timedelta(hours=24)
"""How long a picture may wait to be brought, or to be put to use."""
AT_ONCE = 50


class RemovePicture:
    """A reaction: the picture that something has dropped goes, if nothing else shows it by now.

    One that was made sure of only minutes ago, perhaps for somebody who is about to show it, is
    left to the sweep.
    """

    def __init__(self, store: Store, media: MediaStore) -> None:
        self._store = store
        self._media = media

    def __call__(self, task: Task) -> None:
        """Doing it twice is harmless. Raises `Unavailable`."""
        remove(self._store, self._media, task.facts["key"], idle_for=ATTACHING)


class SweepMedia:
    """What was announced and never brought, or brought and not put to use for a day, goes."""

    def __init__(self, store: Store, media: MediaStore) -> None:
        self._store = store
        self._media = media

    def __call__(self) -> int:
        """Remove up to `AT_ONCE` pictures; how many there were. Raises `Unavailable`."""
        with self._store.begin() as work:
            unused = work.uploads.unused(work.now - UNUSED, most=AT_ONCE)
        for upload in unused:
            remove(self._store, self._media, upload.key, idle_for=UNUSED)
        return len(unused)


def remove(store: Store, media: MediaStore, key: str, *, idle_for: timedelta) -> None:
    """Remove the picture, unless something shows it or it was not idle for so long.

    First the decision, after which nobody can put it to use; then the picture; then what was known
    of it. Whatever dies in between, the sweep finds the decision and goes on from there.
    """

    def discard() -> bool:
        with store.begin() as work:
            upload = Upload.of(key, at=work.now)
            return work.uploads.discard(upload, work.now, idle_since=work.now - idle_for)

    def forget() -> None:
        with store.begin() as work:
            work.uploads.forget(key)

    if again(discard):
        media.remove(key)
        again(forget)
