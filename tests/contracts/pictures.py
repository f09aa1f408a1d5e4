"""Where pictures are kept, for each adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.sandbox.media import SandboxMedia
from eterno.application.ports.media import MediaStore


class Pictures(Protocol):
    @property
    def media(self) -> MediaStore: ...

    def kept(self, key: str) -> bytes | None: ...
    def fall_silent(self) -> None: ...


class MemoryPictures:
    def __init__(self) -> None:
        self.media = MemoryMedia()

    def kept(self, key: str) -> bytes | None:
        return self.media.pictures.get(key)

    def fall_silent(self) -> None:
        self.media.silent = True


class SandboxPictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "media"
        self.media = SandboxMedia(self._folder, "http://localhost:8000")

    def kept(self, key: str) -> bytes | None:
        found = self.media.read(key)
        return found[0] if found else None

    def fall_silent(self) -> None:
        self._folder.write_bytes(b"")  # a file is no folder
