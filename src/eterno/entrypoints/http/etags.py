"""Names of what was seen: a strong ETag, made of the answer itself (RFC 9110, 8.8.3)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import FromHeader, HeaderParameter

from eterno.application.catalog.as_seen import AsSeen
from eterno.application.ports.views import ShownVariant
from eterno.entrypoints.http.wire import PictureUrl, VariantOut, variant_out

_TAG = re.compile(r'(?P<weak>W/)?(?P<tag>"[^"]*")')

IfMatch = FromHeader[
    Annotated[
        str | None,
        HeaderParameter(
            name="If-Match",
            description="The ETag of what you saw: 412 if it is something else by now.",
        ),
    ]
]


def etag_of(variant: VariantOut) -> str:
    """The same for the same answer, whichever process gives it."""
    return f'"{sha256(msgspec.json.encode(variant)).hexdigest()[:32]}"'


def names(if_match: str, etag: str) -> bool:
    """Whether an If-Match header names this tag; weak tags name nothing here (13.1.1)."""
    if if_match.strip() == "*":
        return True
    return any(found["tag"] == etag and not found["weak"] for found in _TAG.finditer(if_match))


def as_seen(if_match: str | None, picture: PictureUrl) -> AsSeen | None:
    """What to ask of a variant before it is changed; nothing if the header is missing."""
    if if_match is None:
        return None

    def is_as_seen(shown: ShownVariant) -> bool:
        return names(if_match, etag_of(variant_out(shown, picture)))

    return is_as_seen


def tagged(shown: ShownVariant, picture: PictureUrl) -> Response[VariantOut]:
    """A variant with its tag."""
    out = variant_out(shown, picture)
    return Response(out, headers={"ETag": etag_of(out)})
