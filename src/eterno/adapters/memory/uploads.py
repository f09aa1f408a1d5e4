"""What is known about pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from eterno.adapters.memory.tables import Tables, rule
from eterno.domain.media import ROOT, Upload


class MemoryUploads:
    def __init__(self, draft: Tables) -> None:
        self._draft = draft

    def add(self, upload: Upload) -> None:
        rule("a picture's key is its own", upload.key not in self._draft.uploads)
        self._note(upload)

    def find(self, key: str) -> Upload | None:
        return self._draft.uploads.get(key)

    def want(self, upload: Upload) -> Upload | None:
        known = self._draft.uploads.get(upload.key, upload)
        if known.discarded_at is not None:
            return None
        return self._note(replace(known, wanted_at=upload.wanted_at))

    def vouch(self, key: str, at: datetime, *, size: int) -> None:
        self._note(replace(self._draft.uploads[key], verified_at=at, size=size))

    def discard(self, upload: Upload, at: datetime, *, idle_since: datetime) -> bool:
        known = self._draft.uploads.get(upload.key)
        if self.is_shown(upload.key) or (known and not _is_over(known, idle_since)):
            return False
        self._note(replace(known or upload, discarded_at=at))
        return True

    def unused(self, idle_since: datetime, *, most: int) -> Sequence[Upload]:
        unused = [
            upload
            for upload in self._draft.uploads.values()
            if _is_over(upload, idle_since) and not self.is_shown(upload.key)
        ]
        return sorted(unused, key=lambda upload: (upload.wanted_at, upload.key))[:most]

    def forget(self, key: str) -> None:
        upload = self._draft.uploads.get(key)
        if upload and upload.discarded_at:
            del self._draft.uploads[key]

    def is_shown(self, key: str) -> bool:
        products, variants = self._draft.products.values(), self._draft.variants.values()
        return any(thing.img_key == key for things in (products, variants) for thing in things)

    def _note(self, upload: Upload) -> Upload:
        rule("a picture has its place", upload.key.startswith(ROOT))
        rule("a picture has a size", upload.size is None or upload.size > 0)
        self._draft.uploads[upload.key] = upload
        return upload


def _is_over(upload: Upload, idle_since: datetime) -> bool:
    return upload.discarded_at is not None or upload.wanted_at <= idle_since
