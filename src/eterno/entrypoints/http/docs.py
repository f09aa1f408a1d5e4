"""The API's description: for programs at `/openapi.json`, for people at `/docs` and `/redoc`.

Everything the two pages need comes from here; they work without internet, and neither may talk to
anybody else. See docs/decisions/0012-api-documents-vendored.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from eterno.domain.errors import NotFound
from eterno.entrypoints.http.guards import PUBLIC
from eterno.entrypoints.http.openapi import document_of
from eterno.entrypoints.http.pages import FOR_EVER, page_under, version_of

_JAVASCRIPT, _CSS = "text/javascript", "text/css"
_ASSETS: Mapping[str, tuple[str, str]] = {
    "docs.js": ("assets/docs.js", _JAVASCRIPT),
    "redoc.js": ("assets/redoc.js", _JAVASCRIPT),
    "swagger-ui.css": ("assets/vendor/swagger-ui.css", _CSS),
    "swagger-ui-bundle.js": ("assets/vendor/swagger-ui-bundle.js", _JAVASCRIPT),
    "redoc.standalone.js": ("assets/vendor/redoc.standalone.js", _JAVASCRIPT),
}
"""Where each file lies, and its content type."""
_POLICY = (
    "default-src 'none'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_REDOC_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' "
    "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"
)
"""The two pieces of style that ReDoc writes before it is told the nonce, one of them empty."""
LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing that ReDoc fetches from elsewhere, and no option turns off: its maker's logo."""


@get("/openapi.json", include_in_schema=False, sync_to_thread=True, opt=PUBLIC)
def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The description itself, OpenAPI 3.1."""
    return Response(
        document_of(request.app),
        media_type="application/json",
        headers={"Cache-Control": "no-cache"},
    )


@get("/docs", include_in_schema=False, sync_to_thread=True, opt=PUBLIC)
def swagger_ui() -> Response[str]:
    """Swagger UI: to read, and to try each call."""
    return _page(
        "API, to try",
        styles=["swagger-ui.css"],
        scripts=["swagger-ui-bundle.js", "docs.js"],
        policy="style-src 'self'",
    )


@get("/redoc", include_in_schema=False, sync_to_thread=True, opt=PUBLIC)
def redoc() -> Response[str]:
    """ReDoc: to read. It writes its styles itself, which a nonce allows, and searches in a worker
    made of a blob."""
    nonce = secrets.token_urlsafe(16)
    return _page(
        "API, to read",
        scripts=["redoc.standalone.js", "redoc.js"],
        policy=f"style-src 'nonce-{nonce}' {_REDOC_STYLES}; worker-src blob:",
        nonce=nonce,
    )


@get("/docs/assets/{name:str}", include_in_schema=False, sync_to_thread=True, opt=PUBLIC)
def docs_asset(name: FromPath[str]) -> Response[bytes]:
    """A file of these pages. Its address has its version, so it may be kept for ever."""
    if name not in _ASSETS:
        raise NotFound("Asset", name)
    return Response(
        _content(name), media_type=_ASSETS[name][1], headers={"Cache-Control": FOR_EVER}
    )


DOCS = (openapi_json, swagger_ui, redoc, docs_asset)


def _page(
    title: str, *, scripts: Sequence[str], policy: str, styles: Sequence[str] = (), nonce: str = ""
) -> Response[str]:
    facts = {
        "title": title,
        "styles": [_url(name) for name in styles],
        "scripts": [_url(name) for name in scripts],
        "nonce": nonce,
    }
    return page_under(f"{_POLICY}; {policy}", "docs.html", facts)


def _url(name: str) -> str:
    return f"/docs/assets/{name}?v={version_of(_content(name))}"


@cache
def _content(name: str) -> bytes:
    """What is served: the file as it is, but for the logo, which becomes an empty picture."""
    path, _ = _ASSETS[name]
    return files(__package__).joinpath(path).read_bytes().replace(LOGO, b"data:,")
