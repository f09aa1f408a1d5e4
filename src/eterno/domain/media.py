"""Pictures: which there may be, what they are called, and how a real one is told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from eterno.domain.errors import Invalid
from eterno.domain.text import clean

ROOT = "products/"
"""Every picture's key begins with this; nothing else in the picture store is the shop's to show."""
LARGEST = 8 * 1024 * 1024
"""Bytes."""
LONGEST_KEY = 200
LONGEST_FILE_NAME = 255
FIRST_BYTES = 16
"""How much of a file it takes to tell what it is."""
_LONGEST_STEM = 60
_KEY = re.compile(r"products(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+\.(?P<extension>[a-z]+)")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of picture. Never SVG or HTML: those can hold scripts."""

    content_type: str
    extensions: tuple[str, ...]
    """The first one is for new pictures."""
    beginning: re.Pattern[bytes]
    """What every file of this kind begins with."""


KINDS = (
    Kind(
        content_type="image/jpeg",
        extensions=("jpg", "jpeg"),
        beginning=re.compile(rb"\xff\xd8\xff"),
    ),
    Kind(
        content_type="image/png",
        extensions=("png",),
        beginning=re.compile(rb"\x89PNG\r\n\x1a\n"),
    ),
    Kind(
        content_type="image/webp",
        extensions=("webp",),
        beginning=re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    ),
    Kind(
        content_type="image/gif",
        extensions=("gif",),
        beginning=re.compile(rb"GIF8[79]a"),
    ),
)
_OF_TYPE = {kind.content_type: kind for kind in KINDS}
_OF_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What the shop knows about one picture.

    It is announced, brought by a browser, wanted by a product or variant that is about to show it,
    and verified then. When nothing shows it and nobody has wanted it for long, it is discarded.
    There may be pictures that were never announced: the first ones of the shop.
    """

    key: str
    content_type: str
    size: int | None
    """In bytes, as announced or as found; None when nobody has said."""
    created_at: datetime
    wanted_at: datetime
    """When somebody last meant to show it; at first, when it was announced."""
    verified_at: datetime | None = None
    """When somebody last made sure that it is there and is what its key says."""
    discarded_at: datetime | None = None
    """Since when it is being removed. There is no way back."""

    @classmethod
    def of(cls, key: str, *, at: datetime, size: int | None = None) -> Self:
        """One that becomes known now."""
        return cls(
            key=key,
            content_type=kind_of(key).content_type,
            size=size,
            created_at=at,
            wanted_at=at,
        )


def is_picture_key(key: str) -> bool:
    """Whether it is the plain path of a picture under `products/`."""
    found = _KEY.fullmatch(key) if len(key) <= LONGEST_KEY else None
    return found is not None and ".." not in key and found["extension"] in _OF_EXTENSION


def check_picture_key(key: str, field: str) -> str:
    """The key unchanged.

    Raises `Invalid` naming `field` unless it is the plain path of a picture under `products/`: what
    is shown on a page must lead nowhere else.
    """
    if not is_picture_key(key):
        raise Invalid.field(
            field, f"the key of a picture: {ROOT}… ending in {', '.join(_OF_EXTENSION)}"
        )
    return key


def picture_key(id: UUID, file_name: str, content_type: str) -> str:
    """What a new picture is called: its id keeps it apart from all others, what it was called at
    home makes it readable, and its extension is that of its type.

    Raises `Invalid` for another type, and for a name that is empty, too long or not plain text.
    """
    kind = _OF_TYPE.get(content_type)
    if kind is None:
        raise Invalid.field("contentType", f"one of {', '.join(_OF_TYPE)}")
    name = clean(file_name, "fileName", most=LONGEST_FILE_NAME)
    return f"{ROOT}{id}-{_stem(name)}.{kind.extensions[0]}"


def check_size(size: int) -> int:
    """The size unchanged. Raises `Invalid` for a picture of nothing, and for one too large."""
    if not 1 <= size <= LARGEST:
        raise Invalid.field("size", f"1 to {LARGEST} bytes")
    return size


def kind_of(key: str) -> Kind:
    """The kind of picture that a checked key promises."""
    return _OF_EXTENSION[key.rpartition(".")[2]]


def is_what_it_says(key: str, size: int, first_bytes: bytes) -> bool:
    """Whether a file of this size that begins like this may be shown under its key."""
    return 0 < size <= LARGEST and kind_of(key).beginning.match(first_bytes) is not None


def can_begin_a_key(prefix: str) -> bool:
    """Whether any picture's key can begin so."""
    return _PREFIX.fullmatch(prefix) is not None and (
        prefix.startswith(ROOT) or ROOT.startswith(prefix)
    )


def _stem(file_name: str) -> str:
    """The name without its extension, in letters that are safe in every address and file system."""
    stem = file_name.rpartition(".")[0] or file_name
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))
    return words[:_LONGEST_STEM].strip("-") or "picture"
