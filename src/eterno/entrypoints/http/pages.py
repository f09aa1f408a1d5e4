"""HTML pages of our own, each with a strict policy of what its browser may do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from eterno.adapters.jinja import phrases
from eterno.adapters.jinja.countries import country_name

_ASSETS: Mapping[str, tuple[bytes, str]] = {
    name: (files(__package__).joinpath("templates/sandbox/assets", name).read_bytes(), kind)
    for name, kind in (("sandbox.css", "text/css"),)
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
    return Response(
        _templates.get_template(template).render(facts or {}),
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


def asset(name: str) -> tuple[bytes, str] | None:
    """The style sheet by that name and its content type; None when there is none."""
    return _ASSETS.get(name)


def asset_url(name: str) -> str:
    """Where it is served. Another content has another address, so it may be cached for ever."""
    digest = hashlib.sha256(_ASSETS[name][0]).hexdigest()[:12]
    return f"/sandbox/assets/{name}?v={digest}"


def _origin(url: str) -> str | None:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else None


_templates = Environment(
    loader=PackageLoader(__package__, "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(
    money=phrases.money, moment=phrases.moment, address_lines=phrases.address_lines
)
_templates.globals.update(asset_url=asset_url, country_name=country_name)
