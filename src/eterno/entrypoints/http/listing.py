"""Which products somebody wants to see, as it stands in the query of an address."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from eterno.application.ports.views import LARGEST_PAGE, Sort, Wanted
from eterno.domain.basket import MOST_ID
from eterno.domain.errors import Invalid

LONGEST_TEXT = 100

_WHOLE = re.compile(r"[1-9][0-9]{0,18}")
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
        category=_whole(category, "category", most=MOST_ID),
        in_stock=in_stock is not None and _TRUTHS[in_stock],
        sort=Sort(sort) if sort else Sort.ID,
        after=_whole(after, "after", most=MOST_ID),
        most=_whole(limit, "limit", most=LARGEST_PAGE) or unpaged,
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


def _whole(text: str | None, field: str, *, most: int) -> int | None:
    if text is None:
        return None
    if not _WHOLE.fullmatch(text) or (number := int(text)) > most:
        raise Invalid.field(field, f"a whole number from 1 to {most}")
    return number
