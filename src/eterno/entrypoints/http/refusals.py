"""What may be refused where, for the API's description."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Any

from litestar.handlers import HTTPRouteHandler

from eterno.domain.errors import (
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from eterno.entrypoints.http.problems import (
    PROBLEM,
    BadRequest,
    TooLarge,
    UnsupportedType,
    document,
    status_of,
)

SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "description": "What is refused, and why (RFC 9457). Some kinds carry facts of their own.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "The code, as an address."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is the matter, for people."},
        "code": {"type": "string", "description": "What is the matter, for programs."},
        "errors": {
            "type": "array",
            "description": "Which fields cannot be right; with status 422.",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_SAYINGS: Mapping[type[Refusal], str] = {
    NotFound: "Product 999 not found",
    Unauthenticated: "Not authenticated",
    Invalid: "price: required",
}
_HEADERS: Mapping[type[Refusal], Mapping[str, Any]] = {
    Unauthenticated: {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
    TooMany: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    Unavailable: {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
}


def refuses(*kinds: type[Refusal]) -> dict[str, Any]:
    """`opt=refuses(OutOfStock)`, or `opt=PUBLIC | refuses(OutOfStock)`: what the story behind a
    handler may refuse.

    Only what is special about it. That an admin must be signed in, an id must be one, a body must
    be JSON and the database must answer, the description knows by itself.
    """
    return {"refuses": kinds}


def refusals_of(handler: HTTPRouteHandler, places: Collection[str]) -> set[type[Refusal]]:
    """All that can be answered instead of a success. `places` are where its parameters stand."""
    kinds: set[type[Refusal]] = set(handler.opt.get("refuses", ()))
    if not handler.opt.get("public"):
        kinds |= {Unauthenticated, Unavailable}
    if handler.sync_to_thread:
        kinds |= {Unavailable}
    if "path" in places:
        kinds |= {NotFound, Invalid}
    if "query" in places:
        kinds |= {Invalid}
    if "data" in handler.parsed_fn_signature.parameters:
        kinds |= {BadRequest, TooLarge, UnsupportedType, Invalid}
    if "body" in handler.parsed_fn_signature.parameters:
        kinds |= {TooLarge}
    return kinds


def responses_to(kinds: Iterable[type[Refusal]]) -> dict[str, Any]:
    """The description of these refusals: one response for each status."""
    by_status = sorted(kinds, key=lambda kind: (status_of(kind), kind.code))
    return {
        str(status): _response(status, list(group))
        for status, group in groupby(by_status, status_of)
    }


def _response(status: int, kinds: list[type[Refusal]]) -> dict[str, Any]:
    headers = {
        name: header
        for family, named in _HEADERS.items()
        if any(issubclass(kind, family) for kind in kinds)
        for name, header in named.items()
    }
    return {
        "description": "\n\n".join(f"`{kind.code}`: {inspect.getdoc(kind)}" for kind in kinds),
        **({"headers": headers} if headers else {}),
        "content": {
            PROBLEM: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.code: {"value": _example(status, kind)} for kind in kinds},
            }
        },
    }


def _example(status: int, kind: type[Refusal]) -> dict[str, Any]:
    detail = _SAYINGS.get(kind, (inspect.getdoc(kind) or "").partition("\n")[0])
    facts = {"errors": [{"field": "price", "message": "required"}]} if kind is Invalid else {}
    return document(status, detail, code=kind.code, facts=facts)
