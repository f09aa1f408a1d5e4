"""Which products somebody wants to see, as it stands in the query of an address."""

from __future__ import annotations

from urllib.parse import urlencode

from eterno.application.ports.views import LARGEST_PAGE, Sort, Wanted
from eterno.domain.errors import Invalid
from eterno.entrypoints.http.queries import whole

LONGEST_TEXT = 100

_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def wanted_of(
    *,
    limit: str | None = None,
    after: str | None = None,
    q: str | None = None,
    category: str | None = None,
    in_stock: str | None = None,
    sort: str | None = None,
    unpaged: int,
) -> Wanted:
    """What these words ask for; at most `unpaged` products where no limit is given.

    Raises `Invalid` naming what cannot be.
    """
    if q is not None and (len(q) > LONGEST_TEXT or "\0" in q):
        raise Invalid.field("q", f"at most {LONGEST_TEXT} characters")
    if in_stock is not None and in_stock not in _TRUTHS:
        raise Invalid.field("in_stock", "true or false")
    if sort is not None and sort not in {*Sort}:
        raise Invalid.field("sort", "one of " + ", ".join(Sort))
    return Wanted(
        text=q or "",
        category=None if category is None else whole(category, "category"),
        in_stock=in_stock is not None and _TRUTHS[in_stock],
        sort=Sort(sort) if sort else Sort.ID,
        after=None if after is None else whole(after, "after"),
        most=unpaged if limit is None else whole(limit, "limit", most=LARGEST_PAGE),
    )


def next_page(path: str, wanted: Wanted, last: int) -> str:
    """The Link header (RFC 8288) to the products after `last`."""
    words = {
        "q": wanted.text,
        "category": wanted.category,
        "in_stock": "true" if wanted.in_stock else None,
        "sort": wanted.sort if wanted.sort is not Sort.ID else None,
        "limit": min(wanted.most, LARGEST_PAGE),
        "after": last,
    }
    query = urlencode({name: value for name, value in words.items() if value})
    return f'<{path}?{query}>; rel="next"'
