"""Ids in addresses."""

from __future__ import annotations

import re
from typing import Annotated

from litestar.params import FromPath, PathParameter

from eterno.domain.basket import MOST_ID
from eterno.domain.errors import Invalid, NotFound

_ID = re.compile(r"[1-9][0-9]{0,18}")
PathId = FromPath[
    Annotated[
        str,
        PathParameter(
            description="An id: a whole number from 1.",
            schema_extra={"pattern": f"^{_ID.pattern}$"},
        ),
    ]
]
"""An id as it stands in the address. `number` checks it; what stands here only documents it."""


def number(text: str, noun: str) -> int:
    """The id that `text` spells in plain digits; Python's `int` would also take "1_0" and Arabic.

    Raises `Invalid` for another spelling, `NotFound` for a number no `noun` can ever have.
    """
    if not _ID.fullmatch(text):
        raise Invalid.field("id", "a whole number from 1")
    if (id := int(text)) > MOST_ID:
        raise NotFound(noun, text)
    return id
