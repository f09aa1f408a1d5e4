"""Pictures in a folder. Stands in for an object store such as S3; not for production."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote

from eterno.adapters.sandbox.permits import Permit, Permits
from eterno.application.ports.media import Found, UploadTicket
from eterno.domain.errors import Invalid, Unavailable
from eterno.domain.media import FIRST_BYTES

CONTENT_TYPES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}
"""What may be kept, by the extension of its key."""
LONGEST_KEY = 512
LONGEST_SEGMENT = 200
"""In bytes; file systems allow 255."""
NOTHING_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)
"""What a file system says of a file that is none."""
_UNSAFE = frozenset('\\:*?"<>|')


class MediaUnavailable(Unavailable):
    """The folder cannot be read or written now."""

    code = "media_unavailable"

    def __init__(self) -> None:
        super().__init__("The picture store does not answer; please try again in a moment")


class SandboxMedia:
    """Implements `MediaStore` with one file per key, and hands the pictures out again.

    A key is a path below the folder and cannot lead out of it, whatever it is made of. A picture is
    there whole or not at all, also for somebody who looks while it is being replaced.
    """

    def __init__(self, folder: Path, base_url: str, permits: Permits) -> None:
        self._folder = folder
        self._base_url = base_url
        self.permits = permits

    def url(self, key: str) -> str:
        return f"{self._base_url}/media/{quote(key, errors='replace')}"

    def put(self, key: str, data: bytes) -> None:
        """Raises `Invalid` for a key that cannot be one, and `MediaUnavailable`."""
        with self.arriving(key) as file:
            file.write(data)

    @contextmanager
    def arriving(self, key: str) -> Iterator[IO[bytes]]:
        """A file that becomes the picture when all went well, and is gone when anything was raised.

        Raises `Invalid` for a key that cannot be one, and `MediaUnavailable`.
        """
        path = self._path(key)
        if path is None:
            raise Invalid.field("key", "must be the path of a jpg, jpeg, png, webp or gif picture")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as hidden:
                whole = Path(hidden, "picture")
                with whole.open("wb") as file:
                    yield file
                whole.replace(path)
        except OSError as error:
            raise MediaUnavailable from error

    def exists(self, key: str) -> bool:
        path = self._path(key)
        try:
            return path is not None and path.is_file()
        except OSError as error:
            raise MediaUnavailable from error

    def ticket(self, key: str, content_type: str, size: int | None) -> UploadTicket:
        permit = Permit(key=key, content_type=content_type, size=size)
        return UploadTicket(url=self.permits.address(self._base_url, permit), key=key)

    def look(self, key: str) -> Found | None:
        path = self._path(key)
        if path is None:
            return None
        with self._nothing_there_is_fine(), path.open("rb") as file:
            return Found(size=os.fstat(file.fileno()).st_size, first_bytes=file.read(FIRST_BYTES))
        return None

    def remove(self, key: str) -> None:
        path = self._path(key)
        if path is not None:
            with self._nothing_there_is_fine():
                path.unlink()

    def keys(self, prefix: str, *, most: int) -> Sequence[str]:
        try:
            found = sorted(key for key in self._all() if key.startswith(prefix))
        except OSError as error:
            raise MediaUnavailable from error
        return found[:most]

    def read(self, key: str) -> tuple[bytes, str] | None:
        """The picture and its content type; None when there is none. Raises `MediaUnavailable`."""
        path = self._path(key)
        if path is None:
            return None
        try:
            return path.read_bytes(), CONTENT_TYPES[_extension(key)]
        except NOTHING_THERE:
            return None
        except OSError as error:
            raise MediaUnavailable from error

    @contextmanager
    def _nothing_there_is_fine(self) -> Iterator[None]:
        """Raises `MediaUnavailable` when there is not even a folder in which nothing is."""
        try:
            yield
        except NOTHING_THERE as error:
            if self._folder.is_file():
                raise MediaUnavailable from error
        except OSError as error:
            raise MediaUnavailable from error

    def _all(self) -> Iterator[str]:
        """Every key. Raises `OSError`; a folder that nobody has made yet is empty."""
        for place, _, names in os.walk(self._folder, onerror=_unless_missing):
            for name in names:
                key = Path(place, name).relative_to(self._folder).as_posix()
                if self._path(key):
                    yield key

    def _path(self, key: str) -> Path | None:
        """Where the picture is or would be; None for a key that cannot be one."""
        segments = key.split("/")
        if (
            len(key) > LONGEST_KEY
            or _extension(key) not in CONTENT_TYPES
            or not all(_is_plain(segment) for segment in segments)
        ):
            return None
        path = self._folder.joinpath(*segments)
        is_inside = path.resolve().is_relative_to(self._folder.resolve())  # links lead anywhere
        return path if is_inside else None


def _unless_missing(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _extension(key: str) -> str:
    return key.rpartition(".")[2].lower()


def _is_plain(segment: str) -> bool:
    """Whether it is a file's name on every system: not hidden, not "..", no drive, no control."""
    return (
        0 < len(segment.encode(errors="replace")) <= LONGEST_SEGMENT
        and not segment.startswith(".")
        and not segment.endswith((".", " "))
        and not any(
            character in _UNSAFE or unicodedata.category(character) in ("Cc", "Cs")
            for character in segment
        )
    )
