"""Letting an admin's browser bring a picture."""

from __future__ import annotations

from eterno.application.access import audit
from eterno.application.again import again
from eterno.application.ports.media import MediaStore, UploadTicket
from eterno.application.ports.store import Store
from eterno.application.ports.system import Ids
from eterno.domain.audit import Actor
from eterno.domain.media import Upload, check_size, picture_key


class RequestUpload:
    """Give out leave to bring one picture straight to the picture store.

    The upload is written down before the ticket exists, so nothing can be brought that the sweep
    does not know of. Asking twice gives two tickets; the one that is not used is swept.
    """

    def __init__(self, store: Store, media: MediaStore, ids: Ids) -> None:
        self._store = store
        self._media = media
        self._ids = ids

    def __call__(
        self, actor: Actor, file_name: str, content_type: str, size: int | None = None
    ) -> UploadTicket:
        """A ticket for a picture of this type, of exactly `size` bytes if that is given.

        Raises `Invalid` for another type than those of pictures, a name that is no name, and a size
        that cannot be.
        """
        key = picture_key(self._ids.new(), file_name, content_type)
        if size is not None:
            check_size(size)
        again(lambda: self._announce(actor, key, size))
        return self._media.ticket(key, content_type, size)

    def _announce(self, actor: Actor, key: str, size: int | None) -> None:
        with self._store.begin() as work:
            upload = Upload.of(key, at=work.now, size=size)
            work.uploads.add(upload)
            audit.record(work, actor, "announce picture", f"picture {key}", after={"size": size})
