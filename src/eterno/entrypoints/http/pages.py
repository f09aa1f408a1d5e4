"""HTML pages of our own, each with a strict policy of what its browser may do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from eterno.adapters.jinja import phrases
from eterno.adapters.jinja.countries import country_name
from eterno.domain.errors import NotFound
from eterno.entrypoints.http.guards import PUBLIC

FOR_EVER = "public, max-age=31536000, immutable"
"""How long a cache may keep what has another address when its content is another."""
_ASSETS: Mapping[str, tuple[bytes, str]] = {
    name: (files(__package__).joinpath("assets", name).read_bytes(), kind)
    for name, kind in (("pages.css", "text/css"), ("favicon.svg", "image/svg+xml"))
}


def page(
    template: str,
    facts: Mapping[str, object] | None = None,
    *,
    status: int = 200,
    forms_lead_to: Sequence[str] = (),
) -> Response[str]:
    """The page, without scripts and without anything from elsewhere, never kept by a cache.

    `forms_lead_to` are addresses to which a form's answer may redirect: browsers hold redirects to
    the policy too.
    """
    origins = " ".join(dict.fromkeys(["'self'", *filter(None, map(_origin, forms_lead_to))]))
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
        f"form-action {origins}; base-uri 'none'; frame-ancestors 'none'"
    )
    return page_under(policy, template, facts or {}, status=status)


def page_under(
    policy: str, template: str, facts: Mapping[str, object], *, status: int = 200
) -> Response[str]:
    """The page, under another policy: for one that cannot do without scripts."""
    return Response(
        _templates.get_template(template).render(facts),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


@get("/assets/{name:str}", include_in_schema=False, sync_to_thread=False, opt=PUBLIC)
def asset(name: FromPath[str]) -> Response[bytes]:
    """What our pages look like."""
    if name not in _ASSETS:
        raise NotFound("Asset", name)
    data, content_type = _ASSETS[name]
    return Response(data, media_type=content_type, headers={"Cache-Control": FOR_EVER})


def asset_url(name: str) -> str:
    """Where it is served. Another content has another address, so it may be cached for ever."""
    return f"/assets/{name}?v={version_of(_ASSETS[name][0])}"


def templates_of(package: str) -> Environment:
    """The templates of a package: escaped always, and strict about what they are not given."""
    templates = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(money=phrases.money, address_lines=phrases.address_lines)
    templates.globals.update(country_name=country_name)
    return templates


def version_of(content: bytes) -> str:
    """A short name of exactly this content."""
    return hashlib.sha256(content).hexdigest()[:12]


def _origin(url: str) -> str | None:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


_templates = templates_of(__package__)
_templates.filters.update(date=phrases.date, moment=phrases.moment)
_templates.globals.update(asset_url=asset_url)
