"""Where pictures are kept, for each adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.testing import TestClient

from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.permits import Permits
from eterno.application.ports.media import MediaStore, UploadTicket
from eterno.entrypoints.http.problems import EXCEPTION_HANDLERS
from eterno.entrypoints.http.sandbox_media import MEDIA
from tests.support.clock import FixedClock


class Pictures(Protocol):
    @property
    def media(self) -> MediaStore: ...
    @property
    def clock(self) -> FixedClock: ...

    def bring(self, ticket: UploadTicket, content_type: str, data: bytes) -> bool:
        """As a browser does it; whether it was taken."""
        ...

    def kept(self, key: str) -> bytes | None: ...
    def fall_silent(self) -> None: ...


class MemoryPictures:
    def __init__(self) -> None:
        self.clock = FixedClock()
        self.media = MemoryMedia(self.clock)

    def bring(self, ticket: UploadTicket, content_type: str, data: bytes) -> bool:
        return self.media.receive(ticket.url, content_type, data)

    def kept(self, key: str) -> bytes | None:
        return self.media.pictures.get(key)

    def fall_silent(self) -> None:
        self.media.silent = True


class SandboxPictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder / "media"
        self.clock = FixedClock()
        permits = Permits("secret", self.clock)
        self.media = SandboxMedia(self._folder, "http://localhost:8000", permits)

    def bring(self, ticket: UploadTicket, content_type: str, data: bytes) -> bool:
        def give() -> SandboxMedia:
            return self.media

        app = Litestar(
            [Router("/", route_handlers=MEDIA)],
            dependencies={"sandbox_media": Provide(give, sync_to_thread=False)},
            exception_handlers=EXCEPTION_HANDLERS,  # type: ignore[arg-type]  # Litestar's map is a dict
            logging_config=None,
        )
        with TestClient(app) as browser:
            answer = browser.put(ticket.url, content=data, headers={"Content-Type": content_type})
        return answer.is_success

    def kept(self, key: str) -> bytes | None:
        found = self.media.read(key)
        return found[0] if found else None

    def fall_silent(self) -> None:
        self._folder.write_bytes(b"")  # a file is no folder
