"""Making sure of a picture before a product or variant shows it."""

from __future__ import annotations

from eterno.application.again import again
from eterno.application.outbox.announce import announce
from eterno.application.ports.media import MediaStore
from eterno.application.ports.store import Store, Work
from eterno.application.ports.system import Ids
from eterno.domain.errors import Invalid
from eterno.domain.events import PictureDropped
from eterno.domain.media import Upload, check_picture_key, is_picture_key, is_what_it_says

FIELD = "img_key"
"""Where the key stands on the wire."""


class Pictures:
    """What a story that saves an `img_key` asks first: a shop never shows a missing picture.

    The picture store is asked outside of any work, and only about a picture that nobody has looked
    at yet.
    """

    def __init__(self, store: Store, media: MediaStore) -> None:
        self._store = store
        self._media = media

    def attach(self, key: str | None) -> str | None:
        """The key as it may be saved, in a work that begins within moments; None and blank are no
        picture. From now on nobody removes the picture, until it was idle for long.

        Raises `Invalid` naming `img_key` for a key that is none, when nothing was brought under it,
        and when what was brought is too large or not of its type: that is removed at once. Raises
        `Unavailable` when the picture store is needed and silent.
        """
        if not key:
            return None
        check_picture_key(key, FIELD)
        if not again(lambda: self._is_known_good(key)):
            self._make_sure(key)
        return key

    def _is_known_good(self, key: str) -> bool:
        """Keep the picture from being removed; whether somebody has made sure of it before."""
        with self._store.begin() as work:
            upload = work.uploads.want(Upload.of(key, at=work.now))
            if upload is None:
                raise _missing()
            return upload.verified_at is not None or work.uploads.is_shown(key)

    def _make_sure(self, key: str) -> None:
        found = self._media.look(key)
        if found is None:
            raise _missing()
        if not is_what_it_says(key, found.size, found.first_bytes):
            self._media.remove(key)
            raise Invalid.field(FIELD, "the file is too large or no picture of its type; removed")
        vouch(self._store, key, found.size)


def vouch(store: Store, key: str, size: int) -> None:
    """Note that the picture is there and is one, so that nobody needs to look at it again."""

    def step() -> None:
        with store.begin() as work:
            work.uploads.vouch(key, work.now, size=size)

    again(step)


def drop_picture(work: Work, ids: Ids, before: str | None, after: str | None = None) -> None:
    """Note, in the work that changed it, that something no longer shows the picture `before` but
    `after`: when nothing else shows it either, it will be removed."""
    if before and before != after and is_picture_key(before):
        announce(work, ids, PictureDropped(key=before))


def _missing() -> Invalid:
    return Invalid.field(FIELD, "there is no such picture; it must be uploaded first")
