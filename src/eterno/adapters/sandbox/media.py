"""Pictures in a folder. Stands in for an object store such as S3; not for production."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path
from urllib.parse import quote

from eterno.domain.errors import Invalid, Unavailable

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

    def __init__(self, folder: Path, base_url: str) -> None:
        self._folder = folder
        self._base_url = base_url

    def url(self, key: str) -> str:
        return f"{self._base_url}/media/{quote(key, errors='replace')}"

    def put(self, key: str, data: bytes) -> None:
        """Raises `Invalid` for a key that cannot be one, and `MediaUnavailable`."""
        path = self._path(key)
        if path is None:
            raise Invalid.field("key", "must be the path of a jpg, jpeg, png, webp or gif picture")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as hidden:
                whole = Path(hidden, "picture")
                whole.write_bytes(data)
                whole.replace(path)
        except OSError as error:
            raise MediaUnavailable from error

    def exists(self, key: str) -> bool:
        path = self._path(key)
        try:
            return path is not None and path.is_file()
        except OSError as error:
            raise MediaUnavailable from error

    def read(self, key: str) -> tuple[bytes, str] | None:
        """The picture and its content type; None when there is none. Raises `MediaUnavailable`."""
        path = self._path(key)
        if path is None:
            return None
        try:
            return path.read_bytes(), CONTENT_TYPES[_extension(key)]
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            raise MediaUnavailable from error

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
