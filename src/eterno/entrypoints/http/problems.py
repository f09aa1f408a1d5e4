"""From refusals to RFC 9457 problem documents. One table, one dialect, for every route."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Scope

from eterno.application.catalog.as_seen import Outdated
from eterno.application.ports.payments import ForgedNotice
from eterno.domain.errors import (
    Conflict,
    Denied,
    Fault,
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from eterno.entrypoints.http.answers import Reply

PROBLEM = "application/problem+json"

STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (ForgedNotice, 400),
    (Unauthenticated, 401),
    (Denied, 403),
    (NotFound, 404),
    (Outdated, 412),
    (Conflict, 409),
    (Invalid, 422),
    (TooMany, 429),
    (Unavailable, 503),
)
"""Each family of refusals and its status; before them leaves that HTTP has a status for."""

_MISSING = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'")
"""What Litestar says of a parameter that was not sent."""
_GONE = "client disconnected prematurely"
"""What Litestar calls an error of ours: somebody hung up in the middle of a body."""

log = logging.getLogger(__name__)


class BadRequest(Refusal):
    """Bytes that are not what their content type says."""

    code = "bad_request"
    status = 400


class TooLarge(Refusal):
    """More bytes than this route takes."""

    code = "too_large"
    status = 413


class UnsupportedType(Refusal):
    """A content type this route does not take."""

    code = "unsupported_media_type"
    status = 415


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    facts: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The answer that is a problem document."""
    return Response(
        content=msgspec.json.encode(document(status, detail, code=code, facts=facts or {})),
        status_code=status,
        media_type=PROBLEM,
        headers=dict(headers or {}),
    )


def document(status: int, detail: str, *, code: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A problem document. `type` is a name of ours, the same for the same kind of problem."""
    return {
        "type": f"urn:eterno:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **facts,
    }


def problem_reply(status: int, detail: str, *, code: str, retry_after: int) -> Reply:
    """The same as ready bytes, for where there is no framework."""
    body = msgspec.json.encode(document(status, detail, code=code, facts={}))
    headers = {
        "content-type": PROBLEM,
        "content-length": str(len(body)),
        "retry-after": str(retry_after),
    }
    encoded = tuple((name.encode(), value.encode()) for name, value in headers.items())
    return Reply(status, encoded, body)


def from_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """What a use case refuses."""
    note(request.scope, refusal)
    headers = retry_after(refusal)
    if isinstance(refusal, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return problem(
        status_of(type(refusal)),
        refusal.detail,
        code=refusal.code,
        facts=refusal.facts,
        headers=headers,
    )


def note(scope: Scope, refusal: Refusal) -> None:
    """Have the edge count it."""
    scope["refusal"] = refusal.code  # type: ignore[typeddict-unknown-key]  # ours


def retry_after(refusal: Refusal) -> dict[str, str]:
    """The header that says when asking again makes sense, for refusals that know."""
    if isinstance(refusal, Unavailable | TooMany):
        return {"Retry-After": str(refusal.retry_after)}
    return {}


def status_of(kind: type[Refusal]) -> int:
    if issubclass(kind, BadRequest | TooLarge | UnsupportedType):
        return kind.status
    return next(status for family, status in STATUS if issubclass(kind, family))


def from_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What Litestar refuses before a handler is reached: no such route, method or parameter."""
    if isinstance(error, ValidationException):
        return from_refusal(request, _from_validation(error))
    if error.detail == _GONE:
        return from_refusal(request, BadRequest("The body did not arrive"))
    if error.status_code >= 500:
        return from_bug(request, error)
    return problem(
        error.status_code,
        error.detail,
        code=HTTPStatus(error.status_code).name.lower(),
        headers=error.headers,
    )


def _from_validation(error: ValidationException) -> Refusal:
    extra = error.extra if isinstance(error.extra, list) else []
    if any(item.get("key") == "data" for item in extra):
        return BadRequest("A JSON body is needed")
    faults = [Fault(item.get("key", ""), item["message"]) for item in extra]
    if missing := _MISSING.match(error.detail):
        faults.append(Fault(missing["name"], "required"))
    return Invalid("; ".join(f"{f.field}: {f.message}" for f in faults), *faults)


def from_bug(request: Request[Any, Any, Any], bug: Exception) -> Response[bytes]:
    """Anything else is our mistake: logged with its way, answered without internals."""
    log.error("request %s failed", request.scope.get("request_id"), exc_info=bug)
    return problem(500, "Something went wrong", code="internal_error")


EXCEPTION_HANDLERS: Mapping[type[Exception], Any] = {
    Refusal: from_refusal,
    HTTPException: from_framework,
    Exception: from_bug,
}
