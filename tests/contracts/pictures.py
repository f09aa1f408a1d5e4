"""Where pictures are kept, for each adapter."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import httpx
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.testing import TestClient

from eterno.adapters.memory.media import MemoryMedia
from eterno.adapters.s3.bucket import Bucket
from eterno.adapters.s3.media import S3Media
from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.permits import Permits
from eterno.application.ports.media import MediaStore, UploadTicket
from eterno.entrypoints.http.problems import EXCEPTION_HANDLERS
from eterno.entrypoints.http.sandbox_media import MEDIA
from tests.support.clock import FixedClock
from tests.support.ministack import bucket_at


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


class S3Pictures:
    def __init__(self, bucket: Bucket) -> None:
        self.clock = FixedClock(datetime.now(UTC))  # the bucket goes by the real one
        self.media = S3Media(bucket, clock=self.clock)

    def bring(self, ticket: UploadTicket, content_type: str, data: bytes) -> bool:
        headers = {"Content-Type": content_type}
        return httpx.put(ticket.url, content=data, headers=headers, timeout=10).is_success

    def kept(self, key: str) -> bytes | None:
        bucket = self.media.bucket
        try:
            answer = bucket.client.get_object(Bucket=bucket.name, Key=key)
        except bucket.client.exceptions.NoSuchKey:
            return None
        return bytes(answer["Body"].read())

    def fall_silent(self) -> None:
        bucket = self.media.bucket
        bucket.client = bucket_at("http://127.0.0.1:1", bucket.name).client  # nobody listens there
