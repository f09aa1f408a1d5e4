"""Numbers in queries."""

from __future__ import annotations

import re

from eterno.domain.basket import MOST_ID
from eterno.domain.errors import Invalid

_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")


def whole(text: str, field: str, *, least: int = 1, most: int = MOST_ID) -> int:
    """The number that `text` spells in plain digits; Python's `int` would also take "1_0" and " 5".

    Raises `Invalid` naming `field` for another spelling, and for one out of bounds.
    """
    number = int(text) if _WHOLE.fullmatch(text) else None
    if number is None or not least <= number <= most:
        raise Invalid.field(field, f"a whole number from {least} to {most}")
    return number
