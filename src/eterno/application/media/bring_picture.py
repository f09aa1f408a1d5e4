"""An admin hands over a picture."""

from __future__ import annotations

from eterno.application.media.pictures import vouch
from eterno.application.media.request_upload import RequestUpload
from eterno.application.ports.media import MediaStore
from eterno.application.ports.store import Store
from eterno.domain.audit import Actor
from eterno.domain.errors import Invalid
from eterno.domain.media import FIRST_BYTES, check_size, is_what_it_says


class BringPicture:
    """Put a picture into the picture store ourselves, for a page that cannot bring it there.

    It is announced as any other, so what is not put to use is swept; and looked at before it is
    stored, so nothing is stored that is no picture.
    """

    def __init__(self, store: Store, media: MediaStore, request_upload: RequestUpload) -> None:
        self._store = store
        self._media = media
        self._request_upload = request_upload

    def __call__(self, actor: Actor, file_name: str, content_type: str, data: bytes) -> str:
        """Its key. Raises `Invalid` for what is too large or no picture of its type, and
        `Unavailable` when the picture store is silent."""
        size = check_size(len(data))
        key = self._request_upload(actor, file_name, content_type, size).key
        if not is_what_it_says(key, size, data[:FIRST_BYTES]):
            raise Invalid.field("picture", "this is no picture of the type that it says")
        self._media.put(key, data)
        vouch(self._store, key, size)
        return key
