"""Long lists, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from eterno.domain.basket import MOST_ID
from eterno.domain.errors import Invalid

LARGEST_PAGE = 100

_NUMBER = re.compile(r"[1-9][0-9]{0,18}")


def whole_number(text: str, field: str, *, most: int = MOST_ID) -> int:
    """The number that `text` spells in plain digits.

    Raises `Invalid` naming `field` for another spelling and for more than `most`.
    """
    if not _NUMBER.fullmatch(text) or (number := int(text)) > most:
        raise Invalid.field(field, f"a whole number from 1 to {most}")
    return number


def next_page(path: str, query: Mapping[str, object]) -> dict[str, str]:
    """The header that says where the list goes on (RFC 8288)."""
    return {"Link": f'<{path}?{urlencode(query)}>; rel="next"'}
