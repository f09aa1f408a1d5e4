"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

LARGEST_PAGE = 100


def next_page(path: str, query: Mapping[str, object]) -> dict[str, str]:
    """The header that says where the list goes on (RFC 8288)."""
    return {"Link": f'<{path}?{urlencode(query)}>; rel="next"'}
