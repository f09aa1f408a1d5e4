"""Pictures in the sandbox: brought by a browser to a signed address, and handed out again."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, put, route
from litestar.enums import HttpMethod
from litestar.params import FromHeader, FromPath, FromQuery, HeaderParameter

from eterno.adapters.sandbox.media import SandboxMedia
from eterno.adapters.sandbox.permits import PATH
from eterno.domain.errors import Invalid, NotFound
from eterno.domain.media import LARGEST, check_size
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.problems import UnsupportedType

FOR_EVER = "public, max-age=31536000, immutable"
"""May be kept for a year: what stands there never changes."""

Media = Given[SandboxMedia]
IfNoneMatch = FromHeader[Annotated[str, HeaderParameter(name="If-None-Match")]]


@put(
    f"{PATH}/{{key:path}}",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=LARGEST,
)
async def receive_picture(
    key: FromPath[Path],
    request: Request[Any, Any, Any],
    sandbox_media: Media,
    kind: FromQuery[str] = "",
    size: FromQuery[str] = "",
    expires: FromQuery[str] = "",
    signature: FromQuery[str] = "",
) -> Response[bytes]:
    """A browser brings the picture that it has a ticket for.

    The address is checked before a byte is read. (On the event loop: writing what has arrived into
    a file of this machine does not wait for anybody.)
    """
    permit = sandbox_media.permits.read(
        _name(key), kind=kind, size=size, expires=expires, signature=signature
    )
    sent_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_type != permit.content_type:
        raise UnsupportedType(f"This address is for {permit.content_type}")
    received = 0
    with sandbox_media.arriving(permit.key) as file:
        async for chunk in request.stream():
            received += len(chunk)
            file.write(chunk)
        check_size(received)
        if permit.size not in (None, received):
            raise Invalid.field("size", f"{permit.size} bytes were announced, {received} came")
    return Response(b"")


@route(
    "/media/{key:path}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    include_in_schema=False,
    sync_to_thread=True,
)
def picture(
    key: FromPath[Path], sandbox_media: Media, if_none_match: IfNoneMatch = ""
) -> Response[bytes]:
    """A picture. A key's picture may be kept for ever: another picture gets another key."""
    found = sandbox_media.read(_name(key))
    if found is None:
        raise NotFound("Picture", _name(key))
    data, content_type = found
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"Cache-Control": FOR_EVER, "ETag": tag}
    if tag in if_none_match:
        return Response(b"", status_code=304, media_type=content_type, headers=headers)
    return Response(data, media_type=content_type, headers=headers)


def _name(key: Path) -> str:
    return key.as_posix().removeprefix("/")


MEDIA = [receive_picture, picture]
