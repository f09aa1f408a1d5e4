"""Pictures: leave to bring one, and which there are. The bytes themselves never pass here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from eterno.application.access.identify import Identify
from eterno.application.media.request_upload import RequestUpload
from eterno.application.ports.media import MediaStore
from eterno.application.ports.views import ShopWindow
from eterno.domain.audit import Actor
from eterno.domain.errors import Unauthenticated
from eterno.domain.media import ROOT, can_begin_a_key
from eterno.entrypoints.http.given import Given
from eterno.entrypoints.http.guards import PUBLIC, bearer

MOST_KEYS = 1_000
PRIVATE = {"Cache-Control": "no-store", "Vary": "Authorization"}


class PictureIn(Struct, forbid_unknown_fields=True):
    """A picture that is about to be brought."""

    fileName: Annotated[str, Meta(description="What it is called at home.", examples=["oat.jpg"])]
    contentType: Annotated[str, Meta(description="image/jpeg, image/png, image/webp or image/gif.")]
    size: Annotated[int | None, Meta(description="In bytes, at most 8 MiB.")] = None


class UploadOut(Struct, frozen=True):
    """Where to PUT the picture, and the key under which it will be found."""

    uploadUrl: str
    key: str


@post(
    "/upload/presigned-url",
    status_code=200,
    summary="Leave to upload a picture",
    tags=["Pictures"],
    sync_to_thread=True,
)
def request_upload_url(
    data: JSONBody[PictureIn], actor: Given[Actor], request_upload: Given[RequestUpload]
) -> Response[UploadOut]:
    """An address for one picture, for 15 minutes. PUT the bytes there with the same Content-Type;
    then save the key with a product or variant, within a day."""
    ticket = request_upload(actor, data.fileName, data.contentType, data.size)
    return Response(UploadOut(uploadUrl=ticket.url, key=ticket.key), headers=PRIVATE)


@get(
    "/images/keys",
    summary="Keys of pictures",
    tags=["Pictures"],
    sync_to_thread=True,
    opt=PUBLIC,
)
def list_picture_keys(
    request: Request[Any, Any, Any],
    identify: Given[Identify],
    media: Given[MediaStore],
    shop_window: Given[ShopWindow],
    prefix: FromQuery[Annotated[str, QueryParameter(description="Only keys that begin so.")]] = (
        ROOT
    ),
    limit: FromQuery[Annotated[int, QueryParameter(ge=1, le=MOST_KEYS)]] = 100,
) -> Response[Sequence[str]]:
    """The keys of pictures, in order: for an admin of all there are, for everybody else of those
    that the shop shows. A token that is no good is ignored."""
    if not can_begin_a_key(prefix):
        return Response([], headers=PRIVATE)
    below = prefix if len(prefix) > len(ROOT) else ROOT
    if _is_admin(request, identify):
        keys = media.keys(below, most=limit)
    else:
        keys = shop_window.pictures(below, most=limit)
    return Response(keys, headers=PRIVATE)


def _is_admin(request: Request[Any, Any, Any], identify: Identify) -> bool:
    try:
        token = bearer(request.headers.get("authorization"))
        identify(token, request_id=str(request.scope["request_id"]))  # type: ignore[typeddict-item]  # the edge's
    except Unauthenticated:
        return False
    return True


PICTURES = [request_upload_url, list_picture_keys]
