"""Pages to print. Each is complete in itself: no script, no picture, no style from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib.resources import files

from litestar import Response
from markupsafe import Markup

from eterno.entrypoints.http.pages import page_under

_STYLE = files(__package__).joinpath("templates/paper/paper.css").read_text(encoding="utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing but this very style."""


def paper(template: str, shop: str, facts: Mapping[str, object]) -> Response[str]:
    """The page, signed by the shop. Whatever the facts contain is shown as text."""
    style = Markup(_STYLE)  # noqa: S704  # our own file, which a style element takes as it is
    return page_under(_POLICY, f"paper/{template}.html", {**facts, "shop": shop, "style": style})
